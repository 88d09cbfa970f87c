import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconCheck, IconLanguage } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import { languageOf, languages, switchLanguage, type LanguageCode } from "@/shared/i18n/i18n";
import { sessionKey } from "@/shared/session/session";
import { useAction } from "@/shared/ui/useAction";

/** Switches the language at once, and keeps it with the account. */
export function LanguageMenu() {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const keep = useAction({
    run: (language: LanguageCode) => take(client.PATCH("/api/session", { body: { language } })),
    onDone: (session) => queries.setQueryData(sessionKey, session),
  });
  const present = languageOf(i18n.language);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={t("nav.language")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t("nav.language")}
            data-testid="language-menu"
          >
            <IconLanguage size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map(({ code, name }) => (
          <Menu.Item
            key={code}
            lang={code}
            leftSection={code === present ? <IconCheck size={16} /> : <span style={{ width: 16 }} />}
            onClick={() => {
              switchLanguage(code);
              keep.mutate(code);
            }}
            data-testid={`language-${code.toLowerCase()}`}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
