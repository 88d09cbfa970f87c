import { Box, Button, Group, List, NumberInput, Stack, Text, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconEraser, IconPlus, IconShieldCheck, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { blankHeld, discardHeld, releaseHeld, type Held, type Region } from "@/shared/api/deidentification";
import { formatShare } from "@/shared/format";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { useAction } from "@/shared/ui/useAction";

import { beginning, fitted, share, type Size } from "./regions";

const stale = ["deidentification", "studies", "study"];

interface PanelProps {
  held: Held;
  place: string;
  picture: Size;
  regions: readonly Region[];
  chosen: number;
  /** Regions that were blanked in the image before: often the next one needs the same. */
  earlier: readonly Region[];
  onRegions: (regions: Region[], chosen: number) => void;
  onStep: (step: number) => void;
  onSettled: (regions: readonly Region[]) => void;
}

type EditProps = Pick<PanelProps, "picture" | "regions" | "chosen" | "onRegions">;

function Figures({ picture, regions, chosen, onRegions }: EditProps) {
  const { t } = useTranslation();
  const region = regions[chosen];
  return (
    <Group gap="xs" wrap="nowrap">
      {(["x", "y", "width", "height"] as const).map((name) => (
        <NumberInput
          key={name}
          size="xs"
          label={t(`deident.review.${name}`)}
          value={region?.[name] ?? ""}
          disabled={!region}
          min={name === "x" || name === "y" ? 0 : 1}
          allowDecimal={false}
          hideControls
          onChange={(value) => {
            if (!region || typeof value !== "number") return;
            const next = fitted({ ...region, [name]: value }, picture);
            onRegions(
              regions.map((one, at) => (at === chosen ? next : one)),
              chosen,
            );
          }}
          data-testid={`region-${name}`}
        />
      ))}
    </Group>
  );
}

function Regions({ picture, regions, chosen, onRegions }: EditProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" fw={600} data-testid="region-count">
          {t("deident.review.regions", { count: regions.length })}
        </Text>
        <Text size="xs" c="dimmed">
          {t("deident.review.covers", { share: formatShare(share(regions, picture)) })}
        </Text>
      </Group>
      <Group gap="xs" mih={28}>
        {regions.map((_, at) => (
          <UnstyledButton
            key={at}
            onClick={() => onRegions([...regions], at)}
            w={28}
            h={28}
            ta="center"
            aria-pressed={at === chosen}
            aria-label={t("deident.review.regionNumber", { n: at + 1 })}
            style={{
              borderRadius: 4,
              border: `1px solid ${at === chosen ? "var(--fid-accent)" : "var(--fid-control)"}`,
              background: at === chosen ? "var(--fid-accent-ground)" : "transparent",
            }}
          >
            {at + 1}
          </UnstyledButton>
        ))}
        <Tooltip label={t("deident.review.add")}>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => onRegions([...regions, beginning(picture)], regions.length)}
            data-testid="region-add"
          >
            {t("common.add")}
          </Button>
        </Tooltip>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconTrash size={14} />}
          disabled={regions.length === 0}
          onClick={() =>
            onRegions(
              regions.filter((_, at) => at !== chosen),
              Math.max(0, chosen - 1),
            )
          }
          data-testid="region-remove"
        >
          {t("common.remove")}
        </Button>
      </Group>
      <Figures picture={picture} regions={regions} chosen={chosen} onRegions={onRegions} />
    </Stack>
  );
}

function Facts({ held }: { held: Held }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600}>{held.pseudonym}</Text>
        <Text size="sm" c="dimmed">
          {`${held.modality} · ${held.columns} × ${held.rows}`}
        </Text>
      </Group>
      <List size="sm" spacing={4} c="var(--fid-amber)" data-testid="held-reasons">
        {held.reasons.map(({ code, detail }) => (
          <List.Item key={`${code}${detail}`}>
            <Tooltip label={detail} disabled={!detail} multiline maw={360}>
              <span>{t(`deident.why.${code}`, { defaultValue: detail })}</span>
            </Tooltip>
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}

/** What is known of the image, the regions, and the three decisions. */
export function ReviewPanel(props: PanelProps) {
  const { held, picture, regions, chosen, earlier, onRegions, onSettled } = props;
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [discardReason, setDiscardReason] = useState("");
  const blank = useAction({
    run: () => blankHeld(held.id, [...regions]),
    stale,
    onDone: () => onSettled(regions),
    done: t("deident.review.blanked"),
  });
  const release = useAction({
    run: () => releaseHeld(held.id, reason.trim()),
    stale,
    onDone: () => onSettled([]),
    done: t("deident.review.released"),
  });
  const discard = useAction({
    run: () => discardHeld(held.id, discardReason.trim()),
    stale,
    onDone: () => onSettled([]),
    done: t("deident.review.discarded"),
  });
  const busy = blank.isPending || release.isPending || discard.isPending;
  const canBlank = regions.length > 0 && held.rows > 0 && !busy;
  useHotkeys([
    ["b", () => (canBlank ? blank.mutate() : undefined)],
    ["a", () => onRegions([...regions, beginning(picture)], regions.length)],
  ]);
  const sameSize = earlier.every((one) => one.x + one.width <= picture.width && one.y + one.height <= picture.height);
  return (
    <Stack
      gap="lg"
      p="lg"
      bg="var(--fid-panel)"
      style={{ borderLeft: "1px solid var(--fid-line)", overflowY: "auto" }}
      data-testid="review-panel"
      data-held={held.id}
    >
      <Facts held={held} />
      <Regions picture={picture} regions={regions} chosen={chosen} onRegions={onRegions} />
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="default"
          disabled={held.regions.length === 0}
          onClick={() => onRegions([...held.regions], 0)}
          data-testid="region-suggested"
        >
          {t("deident.review.suggested", { count: held.regions.length })}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={earlier.length === 0 || !sameSize}
          onClick={() => onRegions([...earlier], 0)}
          data-testid="region-earlier"
        >
          {t("deident.review.earlier")}
        </Button>
      </Group>
      <Button
        leftSection={<IconEraser size={16} />}
        disabled={!canBlank}
        loading={blank.isPending}
        onClick={() => blank.mutate()}
        data-testid="held-blank"
      >
        {t("deident.review.blank", { count: regions.length })}
      </Button>
      <Stack gap="xs">
        <TextInput
          size="xs"
          label={t("deident.review.why")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          placeholder={t("deident.review.whyPlaceholder")}
          data-testid="held-reason"
        />
        <Button
          variant="default"
          leftSection={<IconShieldCheck size={16} />}
          disabled={!reason.trim() || busy}
          loading={release.isPending}
          onClick={() => release.mutate()}
          data-testid="held-release"
        >
          {t("deident.review.release")}
        </Button>
      </Stack>
      <ConfirmButton
        disabled={busy}
        title={t("deident.review.discardTitle")}
        text={t("deident.review.discardText")}
        confirm={t("deident.review.discard")}
        danger
        onConfirm={() => discard.mutate()}
        extra={
          <TextInput
            label={t("deident.review.discardWhy")}
            value={discardReason}
            onChange={(event) => setDiscardReason(event.currentTarget.value)}
          />
        }
        testId="held-discard"
      >
        {t("deident.review.discard")}
      </ConfirmButton>
      <Box mt="auto">
        <Text size="xs" c="dimmed" style={{ whiteSpace: "pre-line" }}>
          {t("deident.review.keys")}
        </Text>
      </Box>
    </Stack>
  );
}
