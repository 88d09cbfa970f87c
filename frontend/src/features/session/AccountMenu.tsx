import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconLogout, IconUserCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { client, take } from "@/shared/api/client";
import { useSession } from "@/shared/session/session";
import { useAction } from "@/shared/ui/useAction";

export function AccountMenu() {
  const { t } = useTranslation();
  const session = useSession();
  const signOut = useAction({
    run: () => take(client.DELETE("/api/session")),
    // A full load: nothing of this person stays in the page's memory.
    onDone: () => window.location.assign("/sign-in"),
  });
  const user = session.data?.user;
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="sm"
          px={8}
          leftSection={<IconUserCircle size={18} />}
          rightSection={<IconChevronDown size={14} />}
          data-testid="account-menu"
        >
          {user?.display_name || user?.username}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/account" leftSection={<IconUserCircle size={16} />} data-testid="account-link">
          {t("nav.account")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()} data-testid="sign-out">
          {t("nav.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
