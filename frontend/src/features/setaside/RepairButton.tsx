import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTool } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { previewRepair, repairMany, type SetAside } from "@/shared/api/setAside";
import { Loaded } from "@/shared/ui/Loaded";
import { useAction } from "@/shared/ui/useAction";

import { useManyJob } from "./manyJob";
import { RepairPreview } from "./RepairPreview";
import { staleAfter } from "./stale";

/** Gives files the UIDs that they lack, after the server has said what that would make. */
export function RepairButton({ files, primary = false }: { files: readonly SetAside[]; primary?: boolean }) {
  const { t } = useTranslation();
  const [opened, dialog] = useDisclosure(false);
  const ids = files.map(({ id }) => id);
  const preview = useQuery({
    queryKey: ["set-aside", "repair-preview", ids],
    queryFn: () => previewRepair({ ids }),
    enabled: opened,
    staleTime: 0,
    gcTime: 0,
  });
  const repair = useAction({
    run: () => repairMany({ ids }),
    stale: staleAfter,
    onDone: (job) => {
      useManyJob.setState({ jobId: job.id });
      dialog.close();
    },
  });
  const found = preview.data;
  const taken = found ? found.series.reduce((sum, row) => sum + row.files + row.duplicates, 0) : 0;
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
      <Modal opened={opened} onClose={dialog.close} size={840} title={t("setaside.repair.title")}>
        <Stack data-testid="repair-dialog">
          <Text size="sm">{t("setaside.repair.text")}</Text>
          <List size="sm" spacing={4}>
            <List.Item>{t("setaside.repair.together")}</List.Item>
            <List.Item>{t("setaside.repair.own")}</List.Item>
            <List.Item>{t("setaside.repair.kept")}</List.Item>
          </List>
          <Stack mih={180} gap="md">
            <Loaded query={preview} rows={4}>
              {(answer) => <RepairPreview preview={answer} />}
            </Loaded>
          </Stack>
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={dialog.close}>
              {t("common.cancel")}
            </Button>
            <Button
              loading={repair.isPending}
              disabled={taken === 0 || found?.fits !== true}
              onClick={() => repair.mutate()}
              data-testid="set-aside-repair-confirm"
            >
              {t("setaside.repair.confirm", { count: found ? taken : files.length })}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
