import { Box, Button, Group, Image, Modal, Radio, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle, IconArrowsDiff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { asApiError } from "@/shared/api/errors";
import {
  compareConflict,
  settleConflict,
  type Comparison,
  type SetAside,
  type SettleChoice,
} from "@/shared/api/setAside";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Loaded } from "@/shared/ui/Loaded";
import { Notice } from "@/shared/ui/Notice";
import { StateMark } from "@/shared/ui/StateMark";
import { useAction } from "@/shared/ui/useAction";

import { staleAfter } from "./stale";

const choices = ["keep_stored", "replace", "keep_both"] as const satisfies readonly SettleChoice[];

function Differences({ compared }: { compared: Comparison }) {
  const { t } = useTranslation();
  if (compared.differences.length === 0) return <Text size="sm">{t("setaside.conflict.sameHeader")}</Text>;
  return (
    <Box mah={280} style={{ overflow: "auto", border: "1px solid var(--fid-line)", borderRadius: 4 }}>
      <Table stickyHeader data-testid="conflict-differences">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("setaside.conflict.element")}</Table.Th>
            <Table.Th>{t("setaside.conflict.stored")}</Table.Th>
            <Table.Th>{t("setaside.conflict.incoming")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {compared.differences.map((one) => (
            <Table.Tr key={one.tag} data-testid="conflict-difference">
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                <Text size="sm">{one.name || one.tag}</Text>
                <Text className="fid-mono" c="dimmed">
                  {`(${one.tag.slice(0, 4)},${one.tag.slice(4)})`}
                </Text>
              </Table.Td>
              {[one.stored, one.incoming].map((value, side) => (
                <Table.Td key={side ? "incoming" : "stored"} style={{ overflowWrap: "anywhere" }}>
                  <Text size="sm" {...(value === null ? { c: "dimmed", fs: "italic" } : {})}>
                    {value ?? t("setaside.conflict.absent")}
                  </Text>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}

function Verdicts({ compared }: { compared: Comparison }) {
  const { t } = useTranslation();
  const pixels = compared.pixels_equal;
  return (
    <Group gap="xl" data-testid="conflict-verdicts" data-pixels={String(pixels)}>
      <StateMark
        tone={pixels === null ? "quiet" : pixels ? "good" : "needs"}
        text={t(`setaside.conflict.pixels.${pixels === null ? "unknown" : pixels ? "same" : "other"}`)}
      />
      <StateMark
        tone={compared.geometry_equal ? "good" : "needs"}
        text={t(`setaside.conflict.geometry.${compared.geometry_equal ? "same" : "other"}`)}
      />
      {compared.same_place ? null : <StateMark tone="needs" text={t("setaside.conflict.otherSeries")} />}
      <Text size="sm" c="dimmed">
        {compared.pixels_detail}
      </Text>
    </Group>
  );
}

function Pictures({ compared }: { compared: Comparison }) {
  const { t } = useTranslation();
  return (
    <Group gap="lg">
      <Stack gap={4}>
        <Text size="xs" c="dimmed">
          {t("setaside.conflict.storedSeries")}
        </Text>
        <Image
          src={`/api/series/${compared.series_uid}/thumbnail`}
          alt=""
          h={144}
          w={144}
          fit="contain"
          bg="var(--fid-image)"
          radius="sm"
        />
      </Stack>
    </Group>
  );
}

interface SettleProps {
  file: SetAside;
  /** Undefined where the stored instance is not shown to this person: nothing can be compared, or replaced. */
  compared: Comparison | undefined;
  onDone: () => void;
}

function Settle({ file, compared, onDone }: SettleProps) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<SettleChoice | "">("");
  const settle = useAction({
    run: () => settleConflict(file.id, choice || "keep_stored"),
    stale: staleAfter,
    done: t("setaside.conflict.settled"),
    quiet: true,
    onDone,
  });
  const blocked = compared !== undefined && compared.held.length > 0 && compared.pixels_equal !== true;
  const possible = compared ? choices : choices.filter((one) => one !== "replace");
  return (
    <Stack>
      <Radio.Group
        value={choice}
        onChange={(value) => setChoice(value as SettleChoice)}
        label={t("setaside.conflict.decide")}
      >
        <Stack gap="sm" mt="sm">
          {possible.map((one) => (
            <Radio
              key={one}
              value={one}
              label={t(`setaside.conflict.choice.${one}`)}
              description={t(`setaside.conflict.choiceText.${one}`)}
              data-testid={`conflict-${one.replace("_", "-")}`}
            />
          ))}
        </Stack>
      </Radio.Group>
      {blocked && choice === "replace" ? (
        <Notice icon={IconAlertTriangle}>{t("setaside.conflict.marksOn")}</Notice>
      ) : null}
      {settle.error ? <ErrorBox error={settle.error} /> : null}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button
          disabled={!choice}
          loading={settle.isPending}
          onClick={() => settle.mutate()}
          data-testid="conflict-settle"
        >
          {t("setaside.conflict.confirm")}
        </Button>
      </Group>
    </Stack>
  );
}

/** A set-aside file beside the stored instance of the same UID: what differs, and the decision. */
export function ConflictDialog({ file }: { file: SetAside }) {
  const { t } = useTranslation();
  const [opened, dialog] = useDisclosure(false);
  const compared = useQuery({
    queryKey: ["set-aside", "compare", file.id],
    queryFn: () => compareConflict(file.id),
    enabled: opened,
  });
  const hidden = compared.isError && asApiError(compared.error).code === "no_conflict";
  return (
    <>
      <Button
        size="xs"
        leftSection={<IconArrowsDiff size={14} />}
        onClick={dialog.open}
        style={{ alignSelf: "flex-start" }}
        data-testid="conflict-open"
      >
        {t("setaside.conflict.open")}
      </Button>
      <Modal opened={opened} onClose={dialog.close} size={960} title={t("setaside.conflict.title")}>
        <Stack gap="lg" data-testid="conflict-dialog">
          <Loaded query={compared} rows={5}>
            {(found) => (
              <>
                <Verdicts compared={found} />
                <Pictures compared={found} />
                <Differences compared={found} />
                <Settle file={file} compared={found} onDone={dialog.close} />
              </>
            )}
          </Loaded>
          {hidden ? <Settle file={file} compared={undefined} onDone={dialog.close} /> : null}
        </Stack>
      </Modal>
    </>
  );
}
