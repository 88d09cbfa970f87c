import { ActionIcon, Alert, Button, Group, Modal, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconArrowBackUp, IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorBox } from "@/shared/ui/ErrorBox";

import {
  chordOf,
  commandOf,
  GROUPS,
  isReserved,
  KEYS,
  keysOf,
  shownChord,
  shownKey,
  useOwnKeys,
  withKeys,
  type Command,
  type Key,
} from "./hotkeys";
import styles from "./room.module.css";
import { useRoom } from "./store";
import { useSaveKeys } from "./useKeySettings";

/** A key that was pressed for a command and cannot simply be given to it. */
interface Refusal {
  readonly command: Command;
  readonly chord: string;
  /** The command that has it; null where nobody can have it. */
  readonly holder: Command | null;
}

/** What happens with the next key press, while a command waits for its key. */
function usePress(command: Command | null, onChord: (chord: string) => void, onCancel: () => void): void {
  useEffect(() => {
    if (command === null) {
      return undefined;
    }
    const listener = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      const chord = chordOf(event);
      if (chord === "Escape") {
        onCancel();
      } else if (chord) {
        onChord(chord);
      }
    };
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  });
}

/** Every command with its key; press another to change it. Kept on the server, for this person. */
export function KeysDialog() {
  const { t } = useTranslation();
  const opened = useRoom((state) => state.keysOpen);
  const own = useOwnKeys((state) => state.own);
  const save = useSaveKeys();
  const [waiting, setWaiting] = useState<Command | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [search, setSearch] = useState("");
  const name = (command: Command) => t(`room.command.${command}`);
  usePress(
    opened ? waiting : null,
    (chord) => {
      const command = waiting;
      setWaiting(null);
      if (!command) {
        return;
      }
      const holder = commandOf(chord, own);
      if (isReserved(chord) || (holder !== null && holder !== command)) {
        setRefusal({ command, chord, holder: isReserved(chord) ? null : holder });
      } else {
        save.mutate(withKeys(own, command, [chord]));
      }
    },
    () => setWaiting(null),
  );
  const takeAway = ({ command, chord, holder }: Refusal) => {
    const rest = holder
      ? withKeys(
          own,
          holder,
          keysOf(holder, own).filter((key) => key !== chord),
        )
      : own;
    save.mutate(withKeys(rest, command, [chord]));
    setRefusal(null);
  };
  const fits = ({ command }: Key) => name(command).toLowerCase().includes(search.trim().toLowerCase());
  return (
    <Modal
      opened={opened}
      onClose={() => {
        useRoom.setState({ keysOpen: false });
        setWaiting(null);
        setRefusal(null);
      }}
      closeOnEscape={waiting === null}
      title={t("room.keys.title")}
      size={760}
      data-testid="keys-dialog"
    >
      <Stack gap="md">
        <Group justify="space-between" wrap="nowrap">
          <TextInput
            size="xs"
            w={260}
            leftSection={<IconSearch size={14} />}
            placeholder={t("room.keys.search")}
            aria-label={t("room.keys.search")}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            data-autofocus
            data-testid="keys-search"
          />
          <Button
            variant="default"
            size="xs"
            disabled={Object.keys(own).length === 0}
            onClick={() => save.mutate({})}
            data-testid="keys-reset-all"
          >
            {t("room.keys.resetAll")}
          </Button>
        </Group>
        <Text size="xs" c="dimmed" role="status">
          {waiting ? t("room.keys.press", { command: name(waiting) }) : t("room.keys.text")}
        </Text>
        {refusal ? (
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} data-testid="keys-conflict">
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm">
                {refusal.holder
                  ? t("room.keys.taken", { key: shownChord(refusal.chord), command: name(refusal.holder) })
                  : t("room.keys.reserved", { key: shownChord(refusal.chord) })}
              </Text>
              <Group gap="sm" wrap="nowrap">
                {refusal.holder ? (
                  <Button size="xs" onClick={() => takeAway(refusal)} data-testid="keys-take">
                    {t("room.keys.take")}
                  </Button>
                ) : null}
                <Button size="xs" variant="default" onClick={() => setRefusal(null)} data-testid="keys-keep">
                  {t("common.cancel")}
                </Button>
              </Group>
            </Group>
          </Alert>
        ) : null}
        {save.error ? <ErrorBox error={save.error} /> : null}
        <div className={styles["keys"]}>
          {GROUPS.map((group) => (
            <section key={group} aria-label={t(`room.help.${group}`)}>
              <Text size="xs" fw={600} c="dimmed" mb={4}>
                {t(`room.help.${group}`)}
              </Text>
              {KEYS.filter((key) => key.group === group && fits(key)).map((key) => (
                <KeyRow
                  key={key.command}
                  entry={key}
                  name={name(key.command)}
                  own={own[key.command] !== undefined}
                  waiting={waiting === key.command}
                  onChange={() => {
                    setRefusal(null);
                    setWaiting(key.command);
                  }}
                  onReset={() => save.mutate(resetOne(own, key))}
                />
              ))}
            </section>
          ))}
        </div>
      </Stack>
    </Modal>
  );
}

/** The usual keys of a command again; who has them now gives them up. */
function resetOne(own: ReturnType<typeof useOwnKeys.getState>["own"], { command, keys }: Key) {
  let next = own;
  for (const chord of keys) {
    const holder = commandOf(chord, next);
    if (holder !== null && holder !== command) {
      next = withKeys(
        next,
        holder,
        keysOf(holder, next).filter((key) => key !== chord),
      );
    }
  }
  return withKeys(next, command, keys);
}

interface RowProps {
  entry: Key;
  name: string;
  own: boolean;
  waiting: boolean;
  onChange: () => void;
  onReset: () => void;
}

function KeyRow({ entry, name, own, waiting, onChange, onReset }: RowProps) {
  const { t } = useTranslation();
  const { command, fixed } = entry;
  const chords = fixed ? [shownKey(command)] : keysOf(command).map(shownChord);
  return (
    <div className={styles["keyRow"]} data-testid={`key-row-${command}`} data-own={own}>
      <span>{name}</span>
      <Group gap={4} wrap="nowrap">
        {own ? (
          <Tooltip label={t("room.keys.reset", { command: name })}>
            <ActionIcon
              size={24}
              variant="subtle"
              color="gray"
              aria-label={t("room.keys.reset", { command: name })}
              onClick={onReset}
              data-testid={`key-reset-${command}`}
            >
              <IconArrowBackUp size={14} />
            </ActionIcon>
          </Tooltip>
        ) : null}
        {fixed ? (
          chords.map((chord) => <kbd key={chord}>{chord}</kbd>)
        ) : (
          <button
            type="button"
            className={styles["keyButton"]}
            data-waiting={waiting}
            aria-label={t("room.keys.change", { command: name, key: chords.join(", ") || t("room.keys.none") })}
            onClick={onChange}
            data-testid={`key-${command}`}
          >
            {waiting ? t("room.keys.waiting") : chords.join(" · ") || t("room.keys.none")}
          </button>
        )}
      </Group>
    </div>
  );
}
