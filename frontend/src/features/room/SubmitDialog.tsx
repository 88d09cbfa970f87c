import { Alert, Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconEyeOff } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ErrorBox } from "@/shared/ui/ErrorBox";
import { useAction } from "@/shared/ui/useAction";

import { nextFetched } from "./ahead";
import { findingsOf, missingIn, notReadableIn } from "./findings";
import { amountOf } from "./LabelList";
import { sayNotSubmitted } from "./NotSubmitted";
import { NotSavedError } from "./sending";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

interface Props {
  reading: ReadingDetail;
  session: RoomSession;
  onNext: () => void;
}

const NOT_SHOWN: ReadonlyMap<number, number> = new Map();
const NOWHERE: ReadonlySet<number> = new Set();

/** Asks once before the reading is locked, and says what is missing. */
export function SubmitDialog({ reading, session, onNext }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const opened = useRoom((state) => state.submitOpen);
  const answers = useRoom((state) => state.answers);
  const labels = useRoom((state) => state.labels);
  const counts = useRoom((state) => (state.submitOpen ? state.counts : NOT_SHOWN)); // they change as a hand draws
  const voxelMl = useRoom((state) => state.voxelMl);
  useRoom((state) => state.measurements); // of the open images: whenever they change, all are counted anew
  const measured = session.sync.book.measurementEntries().length;
  const [elsewhere, setElsewhere] = useState(NOWHERE);
  const missing = missingIn(reading.protocol.form, answers);
  const unreadable = notReadableIn(answers);
  useEffect(() => {
    if (!opened) {
      return undefined;
    }
    useRoom.setState({ formWanted: true });
    let waiting = true;
    void session.labelsElsewhere().then((found) => waiting && setElsewhere(found));
    return () => {
      waiting = false;
      setElsewhere(NOWHERE);
    };
  }, [opened, session]);
  const close = () => useRoom.setState({ submitOpen: false });
  const submit = useAction<boolean, boolean>({
    run: (goOn) => submitAndLeave(goOn),
    stale: ["worklist", "progress", "cases"],
    quiet: true,
    onDone: (left, goOn) => {
      if (!goOn) {
        close();
      } else if (!left) {
        onNext(); // closes it with the room
      }
    },
  });
  /** A next case that is at hand is shown while the server writes; whether it was is what this resolves to. */
  const submitAndLeave = async (goOn: boolean) => {
    let left = false;
    try {
      await session.submit(() => {
        left = goOn && nextFetched() !== null;
        if (left) {
          onNext();
        }
      });
    } catch (error) {
      if (left) {
        const { number } = reading.case;
        sayNotSubmitted(reading.id, { error, number, open: () => void navigate(`/readings/${reading.id}`) });
      }
      throw error;
    }
    return left;
  };
  const unsaved = submit.error instanceof NotSavedError;
  return (
    <Modal opened={opened} onClose={close} title={t("room.submitTitle", { number: reading.case.number })} size="md">
      <Stack gap="md">
        {missing.length > 0 ? (
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} data-testid="submit-missing">
            <Text size="sm">{t("room.submitMissing")}</Text>
            <List size="sm" mt={4}>
              {missing.map(({ finding, question }) => (
                <List.Item key={`${finding?.key} ${question.key}`}>
                  {finding ? t("forms.missingOf", { name: finding.name, question: question.text }) : question.text}
                </List.Item>
              ))}
            </List>
          </Alert>
        ) : unreadable ? (
          <Alert color="yellow" variant="light" icon={<IconEyeOff size={18} />} data-testid="submit-not-readable">
            <Text size="sm">{t("forms.submitNotReadable", { reason: t(`forms.reason.${unreadable.reason}`) })}</Text>
          </Alert>
        ) : (
          <>
            <div>
              {labels.map((label) => {
                const voxels = counts.get(label.value) ?? 0;
                const { value, unit } = amountOf(voxels, voxelMl);
                const amount = `${value} ${unit}`;
                const text = elsewhere.has(label.value)
                  ? t(voxels === 0 ? "room.markedElsewhere" : "room.markedBoth", { amount })
                  : voxels === 0
                    ? t("room.notMarked")
                    : amount;
                return (
                  <Group key={label.value} justify="space-between" gap="sm">
                    <Group gap={8}>
                      <span style={{ width: 12, height: 12, borderRadius: 3, background: label.colour }} />
                      <Text size="sm">{label.name}</Text>
                    </Group>
                    <Text size="sm" className="fid-figure" data-testid={`submit-amount-${label.value}`}>
                      {text}
                    </Text>
                  </Group>
                );
              })}
              <Text size="sm" c="dimmed" mt={4}>
                {t("room.submitLengths", { count: measured })},{" "}
                {t("forms.submitFindings", { count: findingsOf(answers).length })}
              </Text>
            </div>
            <Text size="sm">{t("room.submitText")}</Text>
          </>
        )}
        {submit.error && !unsaved ? <ErrorBox error={submit.error} /> : null}
        {unsaved ? (
          <Alert color="yellow" variant="light" data-testid="submit-unsaved">
            {t("room.submitUnsaved")}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close} data-testid="submit-cancel">
            {t("common.cancel")}
          </Button>
          <Button
            variant="default"
            disabled={missing.length > 0}
            loading={submit.isPending}
            onClick={() => submit.mutate(true)}
            data-testid="submit-next"
          >
            {t("room.submitNext")}
          </Button>
          <Button
            disabled={missing.length > 0}
            loading={submit.isPending}
            onClick={() => submit.mutate(false)}
            data-autofocus={missing.length === 0 || undefined} // what is disabled takes no focus
            data-testid="submit-confirm"
          >
            {t("room.submit")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
