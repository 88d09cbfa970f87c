import { Box, Checkbox, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { SetAside } from "@/shared/api/setAside";
import { formatBytes, formatMoment } from "@/shared/format";
import { GridRow } from "@/shared/ui/GridRow";
import { VirtualRows } from "@/shared/ui/VirtualRows";

const rowHeight = 48;
const columns = "24px minmax(0, 1fr) 72px 128px";

interface ListProps {
  files: readonly SetAside[];
  openId: string;
  chosen: ReadonlySet<string>;
  onOpen: (id: string) => void;
  onToggle: (id: string, on: boolean) => void;
  onAll: (on: boolean) => void;
  height: number;
}

function Row({
  file,
  open,
  chosen,
  onOpen,
  onToggle,
}: { file: SetAside; open: boolean; chosen: boolean } & Pick<ListProps, "onOpen" | "onToggle">) {
  const { t } = useTranslation();
  return (
    <GridRow
      columns={columns}
      data-testid="set-aside-row"
      data-reason={file.reason}
      data-open={open}
      onClick={() => onOpen(file.id)}
      h={rowHeight}
      style={{ cursor: "pointer", background: open ? "var(--fid-accent-ground)" : "transparent" }}
    >
      <Checkbox
        size="xs"
        checked={chosen}
        onClick={(event) => event.stopPropagation()}
        onChange={(event) => onToggle(file.id, event.currentTarget.checked)}
        aria-label={`${t("setaside.choose")} ${file.path}`}
        data-testid="set-aside-select"
      />
      <Box style={{ minWidth: 0 }}>
        <Text size="sm" truncate="start" title={file.path}>
          <bdi>{file.path}</bdi>
        </Text>
        <Text size="xs" c="var(--fid-amber)" truncate>
          {t(`studies.why.${file.reason}`)}
        </Text>
      </Box>
      <Text size="sm" className="fid-figure">
        {formatBytes(file.size_bytes)}
      </Text>
      <Text size="sm" c="dimmed" className="fid-figure">
        {formatMoment(file.created_at)}
      </Text>
    </GridRow>
  );
}

/** The files, one line each: arrow keys walk through them, space chooses. */
export function SetAsideList(props: ListProps) {
  const { files, openId, chosen, onOpen, onToggle, onAll, height } = props;
  const { t } = useTranslation();
  const at = files.findIndex(({ id }) => id === openId);
  const walk = (step: number) => {
    const next = files[Math.max(0, Math.min(files.length - 1, at + step))];
    if (next) onOpen(next.id);
  };
  const all = files.length > 0 && chosen.size === files.length;
  return (
    <Box
      onKeyDown={(event) => {
        if (event.key === "ArrowDown") walk(1);
        else if (event.key === "ArrowUp") walk(-1);
        else if (event.key === " " && openId && event.target instanceof HTMLDivElement)
          onToggle(openId, !chosen.has(openId));
        else return;
        event.preventDefault();
      }}
    >
      <GridRow columns={columns} h={36}>
        <Checkbox
          size="xs"
          checked={all}
          indeterminate={!all && chosen.size > 0}
          onChange={(event) => onAll(event.currentTarget.checked)}
          aria-label={t("setaside.chooseAll")}
          data-testid="set-aside-select-all"
        />
        {["file", "size", "at"].map((head, index) => (
          <Text key={head} size="xs" fw={600} c="dimmed" ta={index > 0 ? "right" : "left"}>
            {t(`setaside.${head}`)}
          </Text>
        ))}
      </GridRow>
      <VirtualRows
        rows={files}
        rowHeight={rowHeight}
        height={height}
        keyOf={(file) => file.id}
        label={t("setaside.title")}
        testId="set-aside-list"
      >
        {(file) => (
          <Row file={file} open={file.id === openId} chosen={chosen.has(file.id)} onOpen={onOpen} onToggle={onToggle} />
        )}
      </VirtualRows>
    </Box>
  );
}
