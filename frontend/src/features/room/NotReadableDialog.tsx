import { Button, Group, Modal, Radio, Stack, Text, Textarea } from "@mantine/core";
import { useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { MAX_TEXT } from "@/shared/forms/rules";

import { NOT_READABLE, notReadableIn, REASONS, type Reason } from "./findings";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

/** Why the case cannot be read. Saved like an answer; the reading is then submitted as usual. */
export function NotReadableDialog({ session }: { session: RoomSession }) {
  const { t } = useTranslation();
  const opened = useRoom((state) => state.notReadableOpen);
  const close = () => useRoom.setState({ notReadableOpen: false });
  return (
    <Modal opened={opened} onClose={close} title={t("room.command.notReadable")} data-testid="not-readable-dialog">
      {opened ? <ReasonForm session={session} onDone={close} /> : null}
    </Modal>
  );
}

function ReasonForm({ session, onDone }: { session: RoomSession; onDone: () => void }) {
  const { t } = useTranslation();
  const before = useRoom((state) => notReadableIn(state.answers));
  const [reason, setReason] = useState<Reason | null>(before?.reason ?? null);
  const [text, setText] = useState(before?.text ?? "");
  const ready = reason !== null && (reason !== "other" || text.trim() !== "");
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []); // the dialog would do so a moment later: the next key may be the reason
  const choose = (value: string) => setReason(REASONS.find((one) => one === value) ?? null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) {
          session.answer(NOT_READABLE, { reason, text: text.trim() });
          onDone();
        }
      }}
    >
      <Stack gap="md">
        <Text size="sm">{t("forms.notReadableText")}</Text>
        <Radio.Group
          label={t("forms.reasonLabel")}
          withAsterisk
          value={reason}
          onChange={choose}
          onKeyDown={(event) => {
            const chosen = REASONS[Number(event.key) - 1];
            if (chosen) {
              event.preventDefault();
              choose(chosen);
              event.currentTarget.querySelector<HTMLInputElement>(`input[value="${chosen}"]`)?.focus();
            }
          }}
        >
          <Stack gap={10} mt={8}>
            {REASONS.map((one, index) => (
              <Radio
                key={one}
                value={one}
                size="xs"
                label={
                  <>
                    <Text span size="xs" c="dimmed" mr={4} aria-hidden>
                      {index + 1}
                    </Text>
                    {t(`forms.reason.${one}`)}
                  </>
                }
                {...(index === 0 ? { "data-autofocus": true, ref: first } : {})}
                data-testid={`not-readable-${one}`}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea
          label={t("forms.reasonText")}
          withAsterisk={reason === "other"}
          autosize
          minRows={2}
          maxLength={MAX_TEXT}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
              event.currentTarget.form?.requestSubmit();
            }
          }}
          data-testid="not-readable-text"
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onDone}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!ready} data-testid="not-readable-confirm">
            {t("forms.notReadableConfirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
