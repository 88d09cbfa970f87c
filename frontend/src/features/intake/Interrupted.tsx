import { Button } from "@mantine/core";
import { IconPlayerTrackNext } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { asApiError } from "@/shared/api/errors";
import { Notice } from "@/shared/ui/Notice";
import { useAction } from "@/shared/ui/useAction";

import { countOfAll } from "./FileList";
import { importQuery } from "./imports";
import { forgetImport, rememberedImport } from "./remembered";
import { letGo } from "./uploader";

/** An import that this browser began and could not end: dropping the same folder again goes on with it. */
export function Interrupted() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [remembered, setRemembered] = useState(rememberedImport);
  const row = useQuery({ ...importQuery(remembered?.importId ?? ""), enabled: remembered !== null });
  const over = row.data?.state === "closed" || (row.isError && asApiError(row.error).status === 404);
  useEffect(() => {
    if (over) forgetImport();
  }, [over]);
  const end = useAction({
    run: () => letGo(remembered?.importId ?? ""),
    onDone: () => {
      setRemembered(null);
      void queries.invalidateQueries({ queryKey: ["imports"] });
    },
  });
  if (!remembered || !row.data || over) return null;
  const held = countOfAll(row.data);
  return (
    <Notice
      icon={IconPlayerTrackNext}
      title={t("intake.interrupted.title", { name: remembered.name || t("intake.interrupted.unnamed") })}
      testId="import-interrupted"
      action={
        <Button
          size="xs"
          variant="default"
          loading={end.isPending}
          onClick={() => end.mutate()}
          data-testid="import-let-go"
        >
          {t("intake.interrupted.end")}
        </Button>
      }
    >
      {`${t("intake.interrupted.held", { held, all: remembered.filesAll })} ${t("intake.interrupted.todo")}`}
    </Notice>
  );
}
