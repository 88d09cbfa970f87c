import { Box, Button, FileButton, Group, Stack, Text, Title } from "@mantine/core";
import { IconFiles, IconFolderOpen, IconUpload } from "@tabler/icons-react";
import { useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";

import { collectDrop, collectInput, type Pick } from "./collect";
import { startUpload } from "./uploader";

function Pickers({ onPicked }: { onPicked: (picks: readonly Pick[]) => void }) {
  const { t } = useTranslation();
  const folder = useRef<HTMLInputElement>(null);
  return (
    <Group gap="sm">
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        webkitdirectory=""
        onChange={(event) => {
          const picks = collectInput(event.currentTarget.files);
          event.currentTarget.value = "";
          onPicked(picks);
        }}
        data-testid="import-folder-input"
      />
      <Button
        leftSection={<IconFolderOpen size={16} />}
        onClick={() => folder.current?.click()}
        data-testid="import-folder"
      >
        {t("intake.folder")}
      </Button>
      <FileButton
        multiple
        onChange={(files) => onPicked(collectInput(files))}
        inputProps={{ "data-testid": "import-files-input" } as object}
      >
        {(props) => (
          <Button {...props} variant="default" leftSection={<IconFiles size={16} />} data-testid="import-files">
            {t("intake.chooseFiles")}
          </Button>
        )}
      </FileButton>
    </Group>
  );
}

/** Takes files, folders and zips by drop or by picker. */
export function DropArea() {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const [count, setCount] = useState<number | null>(null);
  const [nothing, setNothing] = useState(false);
  const begin = (picks: readonly Pick[]) => {
    setCount(null);
    setNothing(picks.length === 0);
    if (picks.length > 0) void startUpload(picks);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    setCount(0);
    void collectDrop(event.dataTransfer, setCount).then(begin, () => begin([]));
  };
  const text = nothing ? t("intake.nothing") : t("intake.dropText");
  return (
    <Box
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      data-testid="import-drop"
      p={40}
      style={{
        border: `2px dashed ${over ? "var(--fid-accent)" : "var(--fid-line)"}`,
        background: over ? "var(--fid-accent-ground)" : "var(--fid-panel)",
        borderRadius: 8,
      }}
    >
      <Stack align="center" gap="md">
        <IconUpload size={40} stroke={1.3} color="var(--fid-accent)" />
        <Title order={2}>{t("intake.drop")}</Title>
        <Text size="sm" c={nothing ? "var(--fid-amber)" : "dimmed"} ta="center" maw={600} mih={44} role="status">
          {count === null ? text : t("intake.reading", { count })}
        </Text>
        <Pickers onPicked={begin} />
      </Stack>
    </Box>
  );
}
