import { Group, Loader, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Import } from "@/shared/api/archive";
import { StateMark } from "@/shared/ui/StateMark";

/** How many series of an import still wait for their volumes and pictures. */
export function IndexingLine({ row }: { row: Import | undefined }) {
  const { t } = useTranslation();
  const waiting = row?.state === "closed" ? row.series_to_index : 0;
  return (
    <Group gap="sm" h={30} data-testid="import-indexing" data-waiting={waiting}>
      {waiting > 0 ? (
        <>
          <Loader size={14} />
          <Text size="sm">{t("intake.indexing", { count: waiting })}</Text>
        </>
      ) : row?.state === "closed" ? (
        <StateMark tone="good" text={t("intake.indexed")} />
      ) : null}
    </Group>
  );
}
