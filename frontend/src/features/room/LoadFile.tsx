import { Button, FileInput, Group, Select, Stack, Text } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorBox } from "@/shared/ui/ErrorBox";
import { useAction } from "@/shared/ui/useAction";

import { useDerived } from "./derived";
import { choicesJson, formOf, loadMarks, noChoices, previewLoad, type Choices, type Origin, type Plan } from "./files";
import { LoadPlan } from "./LoadPlan";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

const KINDS: ReadonlySet<string> = new Set(["segmentation", "structures", "report", "presentation"]);

interface Props {
  reading: ReadingDetail;
  session: RoomSession;
}

/** A file, or an object of the archive, looked at before its marks are loaded as one revision. */
export function LoadFile({ reading, session }: Props) {
  const { t } = useTranslation();
  const opened = useRoom((state) => state.filesOpen);
  const derived = useDerived(reading, opened).filter(({ kind }) => KINDS.has(kind));
  const [origin, setOrigin] = useState<Origin | null>(null);
  const [choices, setChoices] = useState<Choices>(noChoices);
  const [before, setBefore] = useState<number | null>(null);
  const head = useRoom((state) => state.save.head);
  const start = (next: Origin | null) => {
    setOrigin(next);
    setChoices(noChoices);
    setBefore(null);
  };
  const name = origin ? ("file" in origin ? `${origin.file.name} ${origin.file.lastModified}` : origin.derived) : "";
  const preview = useQuery({
    queryKey: ["load-preview", reading.id, name, choicesJson(choices), head],
    queryFn: async ({ signal }) => {
      if (!origin) throw new Error("nothing was chosen");
      await session.saved(); // the preview is about what is on the screen
      return previewLoad(reading.id, origin, choices, signal);
    },
    enabled: origin !== null && before === null,
    placeholderData: (last) => (origin ? last : undefined),
    retry: false,
    gcTime: 0,
  });
  const undo = useAction<number>({ run: (number) => session.restore(number), onDone: () => start(null) });
  return (
    <Stack gap="sm" data-testid="load-file">
      <FileInput
        label={t("room.files.file")}
        placeholder={t("room.files.choose")}
        value={origin && "file" in origin ? origin.file : null}
        onChange={(file) => start(file ? { file } : null)}
        clearable
        clearButtonProps={{ "aria-label": t("room.files.clear") }}
        leftSection={<IconUpload size={16} />}
        data-testid="load-input"
      />
      {derived.length > 0 ? (
        <Select
          label={t("room.files.derived")}
          placeholder={t("room.files.pick")}
          clearable
          value={origin && "derived" in origin ? origin.derived : null}
          data={derived.map((one) => ({ value: one.sop_instance_uid, label: one.label || one.kind }))}
          onChange={(uid) => start(uid ? { derived: uid } : null)}
          data-testid="load-derived"
        />
      ) : (
        <Text size="xs" c="dimmed">
          {t("room.files.noDerived")}
        </Text>
      )}
      {before !== null ? (
        <Group justify="space-between" data-testid="load-done">
          <Text size="sm">{t("room.files.loaded")}</Text>
          <Button
            size="compact-sm"
            variant="default"
            loading={undo.isPending}
            onClick={() => undo.mutate(before)}
            data-testid="load-undo"
          >
            {t("room.files.undo")}
          </Button>
        </Group>
      ) : null}
      {origin && before === null && preview.isError ? (
        <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} />
      ) : null}
      {origin && before === null && preview.data && !preview.isError ? (
        <Ready
          plan={preview.data}
          origin={origin}
          choices={choices}
          busy={preview.isFetching}
          session={session}
          reading={reading}
          onChoices={setChoices}
          onLoaded={setBefore}
        />
      ) : null}
    </Stack>
  );
}

interface ReadyProps extends Props {
  plan: Plan;
  origin: Origin;
  choices: Choices;
  busy: boolean;
  onChoices: (choices: Choices) => void;
  onLoaded: (before: number) => void;
}

function Ready({ plan, origin, choices, busy, session, reading, onChoices, onLoaded }: ReadyProps) {
  const { t } = useTranslation();
  const load = useAction({ run: () => loadMarks(session, formOf(origin, choices)), onDone: onLoaded });
  const changes = plan.frames_changed + plan.measurements_changed > 0;
  return (
    <Stack gap="sm">
      <LoadPlan plan={plan} reading={reading} session={session} choices={choices} onChoices={onChoices} />
      {changes ? null : (
        <Text size="sm" c="dimmed" data-testid="load-nothing">
          {t("room.files.noChange")}
        </Text>
      )}
      <Button
        disabled={!changes || busy}
        loading={load.isPending}
        onClick={() => load.mutate()}
        data-testid="load-button"
      >
        {t("room.files.loadButton")}
      </Button>
    </Stack>
  );
}
