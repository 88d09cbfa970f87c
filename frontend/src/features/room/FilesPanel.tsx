import { Button, Divider, Drawer, Select, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAction } from "@/shared/ui/useAction";

import { exportMarks, FORMATS, type Format } from "./files";
import { LoadFile } from "./LoadFile";
import styles from "./room.module.css";
import type { ReadingDetail, RoomSession } from "./session";
import { useRoom } from "./store";

interface Props {
  reading: ReadingDetail;
  session: RoomSession;
}

/** Marks saved to files of other programs, and loaded from them. */
export function FilesPanel({ reading, session }: Props) {
  const { t } = useTranslation();
  const opened = useRoom((state) => state.filesOpen);
  const mayEdit = useRoom((state) => state.mayEdit);
  return (
    <Drawer
      opened={opened}
      onClose={() => useRoom.setState({ filesOpen: false })}
      position="right"
      size={520}
      title={t("room.files.title")}
      transitionProps={{ duration: 100 }}
      data-testid="files-panel"
    >
      <Stack gap="md">
        <SaveFile reading={reading} session={session} />
        <Divider />
        <div className={styles["sectionHead"]}>{t("room.files.load")}</div>
        {mayEdit ? (
          <LoadFile reading={reading} session={session} />
        ) : (
          <Text size="sm" c="dimmed">
            {t("room.files.readOnly")}
          </Text>
        )}
      </Stack>
    </Drawer>
  );
}

function SaveFile({ reading, session }: Props) {
  const { t } = useTranslation();
  const [format, setFormat] = useState<Format>("seg");
  const mayEdit = useRoom((state) => state.mayEdit);
  const save = useAction({
    run: async () => {
      if (mayEdit) await session.saved();
      await exportMarks(reading.id, format, useRoom.getState().looks.main?.window ?? null);
    },
  });
  return (
    <Stack gap="sm">
      <div className={styles["sectionHead"]}>{t("room.files.save")}</div>
      <Select
        label={t("room.files.format")}
        description={t(`room.files.hints.${format}`)}
        allowDeselect={false}
        value={format}
        data={FORMATS.map((value) => ({ value, label: t(`room.files.formats.${value}`) }))}
        onChange={(value) => setFormat(FORMATS.find((known) => known === value) ?? "seg")}
        data-testid="files-format"
      />
      <Button
        leftSection={<IconDownload size={16} />}
        variant="default"
        loading={save.isPending}
        onClick={() => save.mutate()}
        data-testid="files-save"
      >
        {t("room.files.saveButton")}
      </Button>
      {mayEdit ? (
        <Text size="xs" c="dimmed">
          {t("room.files.saveHint")}
        </Text>
      ) : null}
    </Stack>
  );
}
