import { ActionIcon, Anchor, Box, Group, Slider, Stack, Text, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconChevronLeft, IconChevronRight, IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import type { Held, Region } from "@/shared/api/deidentification";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { RowsSkeleton } from "@/shared/ui/Loaded";

import { PictureEditor } from "./PictureEditor";
import { heldQuery, profileQuery } from "./queries";
import { ReviewPanel } from "./ReviewPanel";

interface FrameSliderProps {
  frames: number;
  frame: number;
  onFrame: (frame: number) => void;
}

function FrameSlider({ frames, frame, onFrame }: FrameSliderProps) {
  const { t } = useTranslation();
  if (frames < 2) return null;
  return (
    <Group px="lg" h={44} wrap="nowrap" gap="md">
      <Text size="sm" w={120} className="fid-figure" data-testid="held-frame">
        {t("deident.review.frame", { n: frame, all: frames })}
      </Text>
      <Slider
        min={1}
        max={frames}
        value={frame}
        onChange={onFrame}
        label={null}
        style={{ flex: 1 }}
        thumbLabel={t("deident.review.frameLabel")}
        data-testid="held-frame-slider"
      />
    </Group>
  );
}

interface OneProps {
  held: Held;
  place: string;
  earlier: readonly Region[];
  onStep: (step: number) => void;
  onSettled: (regions: readonly Region[]) => void;
}

function OneHeld({ held, place, earlier, onStep, onSettled }: OneProps) {
  const { t } = useTranslation();
  const [frame, setFrame] = useState(1);
  const [{ regions, chosen }, setRegions] = useState({ regions: held.regions, chosen: 0 });
  const picture = { width: Math.max(1, held.columns), height: Math.max(1, held.rows) };
  const unreadable = held.rows === 0 || held.reasons.some(({ code }) => code === "unreadable_pixels");
  return (
    <Box style={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr) 344px", height: "100%", minHeight: 0 }}>
      <Box style={{ display: "flex", flexDirection: "column", minHeight: 0 }}>
        <Box style={{ flex: 1, minHeight: 0 }}>
          {unreadable ? (
            <EmptyState
              icon={IconShieldCheck}
              title={t("deident.review.noPicture")}
              text={t("deident.review.noPictureText")}
            />
          ) : (
            <PictureEditor
              source={`${held.picture}?frame=${frame}`}
              picture={picture}
              regions={regions}
              chosen={chosen}
              onRegions={(next, at) => setRegions({ regions: next, chosen: at })}
            />
          )}
        </Box>
        <FrameSlider frames={held.frame_count} frame={frame} onFrame={setFrame} />
      </Box>
      <ReviewPanel
        held={held}
        place={place}
        picture={picture}
        regions={regions}
        chosen={chosen}
        earlier={earlier}
        onRegions={(next, at) => setRegions({ regions: next, chosen: at })}
        onStep={onStep}
        onSettled={onSettled}
      />
    </Box>
  );
}

function Steps({ place, onStep }: { place: string; onStep: (step: number) => void }) {
  const { t } = useTranslation();
  return (
    <Group gap={4}>
      <Tooltip label={t("deident.review.previous")}>
        <ActionIcon
          variant="default"
          onClick={() => onStep(-1)}
          aria-label={t("deident.review.previous")}
          data-testid="held-previous"
        >
          <IconChevronLeft size={16} />
        </ActionIcon>
      </Tooltip>
      <Text size="sm" className="fid-figure" w={88} ta="center" data-testid="held-place">
        {place}
      </Text>
      <Tooltip label={t("deident.review.next")}>
        <ActionIcon
          variant="default"
          onClick={() => onStep(1)}
          aria-label={t("deident.review.next")}
          data-testid="held-next"
        >
          <IconChevronRight size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

/** The images that a person has to look at before anybody else sees them, one after the other. */
export default function ReviewPage() {
  const { t } = useTranslation();
  const { profileId = "" } = useParams();
  const profile = useQuery(profileQuery(profileId));
  const held = useQuery(heldQuery(profileId));
  const [at, setAt] = useState(0);
  const [earlier, setEarlier] = useState<readonly Region[]>([]);
  const rows = held.data?.results ?? [];
  const index = Math.min(at, Math.max(0, rows.length - 1));
  const one = rows[index];
  const step = (by: number) => setAt(Math.max(0, Math.min(rows.length - 1, index + by)));
  useHotkeys([
    ["n", () => step(1)],
    ["p", () => step(-1)],
  ]);
  const place = one ? `${index + 1} / ${held.data?.count ?? rows.length}` : "";
  return (
    <Stack gap={0} h="calc(100dvh - 48px)" data-testid="review-page">
      <Group
        px="lg"
        h={52}
        justify="space-between"
        bg="var(--fid-panel)"
        style={{ borderBottom: "1px solid var(--fid-line)", flex: "0 0 auto" }}
      >
        <Group gap="md">
          <Anchor component={Link} to={`/deidentification/${profileId}`} size="sm">
            {profile.data?.name ?? t("deident.title")}
          </Anchor>
          <Text fw={600}>{t("deident.review.title")}</Text>
        </Group>
        {one ? <Steps place={place} onStep={step} /> : null}
      </Group>
      <Box style={{ flex: 1, minHeight: 0 }}>
        {held.isError && !held.data ? (
          <ErrorBox error={held.error} onRetry={() => void held.refetch()} />
        ) : !held.data ? (
          <RowsSkeleton />
        ) : one ? (
          <OneHeld
            key={one.id}
            held={one}
            place={place}
            earlier={earlier}
            onStep={step}
            onSettled={(regions) => (regions.length > 0 ? setEarlier(regions) : undefined)}
          />
        ) : (
          <EmptyState
            icon={IconShieldCheck}
            title={t("deident.review.empty")}
            text={t("deident.review.emptyText")}
            testId="review-empty"
          />
        )}
      </Box>
    </Stack>
  );
}
