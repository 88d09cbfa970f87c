import { ActionIcon, Menu, Text, Tooltip } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { MEASURE_TYPES } from "@/imaging";

import { setTool } from "./commands";
import { shownKey, withKey } from "./hotkeys";
import { MEASURE_ICONS } from "./measureIcons";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

/** The measuring tool that was used last, and a menu of all of them. */
export function MeasureMenu({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const last = useRoom((state) => state.measureTool);
  const tool = useRoom((state) => state.tool);
  const disabled = useRoom((state) => !state.mayEdit);
  const IconOf = MEASURE_ICONS[last];
  const name = t(`room.command.${last}`);
  return (
    <>
      <Tooltip label={withKey(name, last)}>
        <ActionIcon
          size={36}
          variant={tool === last ? "light" : "subtle"}
          color={tool === last ? "accent" : "gray"}
          aria-label={name}
          aria-pressed={tool === last}
          disabled={disabled}
          data-testid={`tool-${last}`}
          onClick={() => session && setTool(session, last)}
        >
          <IconOf size={20} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-start" offset={4} width={248}>
        <Menu.Target>
          <Tooltip label={withKey(t("measure.menu"), "measureMenu")}>
            <ActionIcon
              size={36}
              w={18}
              variant="subtle"
              color="gray"
              aria-label={t("measure.menu")}
              disabled={disabled}
              data-testid="measure-menu"
            >
              <IconChevronDown size={14} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {MEASURE_TYPES.map((type) => {
            const IconOfType = MEASURE_ICONS[type];
            return (
              <Menu.Item
                key={type}
                py={5}
                leftSection={<IconOfType size={18} stroke={1.5} />}
                rightSection={
                  <Text size="xs" c="dimmed">
                    {shownKey(type)}
                  </Text>
                }
                {...(tool === type ? { color: "accent" } : {})}
                onClick={() => session && setTool(session, type)}
                data-testid={`measure-${type}`}
              >
                {t(`room.command.${type}`)}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
