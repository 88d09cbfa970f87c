import { Button, Group, List, Modal, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTool } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { repairMany, type SetAside } from "@/shared/api/setAside";
import { formatBytes } from "@/shared/format";
import { useAction } from "@/shared/ui/useAction";

import { staleAfter } from "./stale";
import { useManyJob } from "./manyJob";

interface Folder {
  name: string;
  count: number;
  bytes: number;
}

/** Returns the folders that files lie in, with how many of them and how large. */
export function foldersOf(files: readonly Pick<SetAside, "path" | "size_bytes" | "batch">[]): Folder[] {
  const found = new Map<string, Folder>();
  for (const { path, size_bytes: bytes, batch } of files) {
    const name = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    const key = `${batch} ${name}`;
    const folder = found.get(key) ?? { name, count: 0, bytes: 0 };
    found.set(key, { name, count: folder.count + 1, bytes: folder.bytes + bytes });
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function Folders({ files }: { files: readonly SetAside[] }) {
  const { t } = useTranslation();
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("setaside.repair.folder")}</Table.Th>
          <Table.Th ta="right">{t("setaside.repair.files")}</Table.Th>
          <Table.Th ta="right">{t("setaside.size")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {foldersOf(files).map(({ name, count, bytes }) => (
          <Table.Tr key={name} data-testid="repair-folder">
            <Table.Td style={{ overflowWrap: "anywhere" }}>{name || t("setaside.repair.noFolder")}</Table.Td>
            <Table.Td className="fid-figure">{count}</Table.Td>
            <Table.Td className="fid-figure">{formatBytes(bytes)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Gives files the UIDs that they lack, after saying what that means. */
export function RepairButton({ files, primary = false }: { files: readonly SetAside[]; primary?: boolean }) {
  const { t } = useTranslation();
  const [opened, dialog] = useDisclosure(false);
  const repair = useAction({
    run: () => repairMany({ ids: files.map(({ id }) => id) }),
    stale: staleAfter,
    onDone: (job) => {
      useManyJob.setState({ jobId: job.id });
      dialog.close();
    },
  });
  return (
    <>
      <Button
        size="xs"
        leftSection={<IconTool size={14} />}
        onClick={dialog.open}
        disabled={files.length === 0}
        variant={primary ? "filled" : "default"}
        data-testid="set-aside-repair"
      >
        {t("setaside.repair.action", { count: files.length })}
      </Button>
      <Modal opened={opened} onClose={dialog.close} size="lg" title={t("setaside.repair.title")}>
        <Stack data-testid="repair-dialog">
          <Text size="sm">{t("setaside.repair.text")}</Text>
          <List size="sm" spacing={4}>
            <List.Item>{t("setaside.repair.together")}</List.Item>
            <List.Item>{t("setaside.repair.own")}</List.Item>
            <List.Item>{t("setaside.repair.kept")}</List.Item>
          </List>
          <Folders files={files} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={dialog.close}>
              {t("common.cancel")}
            </Button>
            <Button loading={repair.isPending} onClick={() => repair.mutate()} data-testid="set-aside-repair-confirm">
              {t("setaside.repair.confirm", { count: files.length })}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
