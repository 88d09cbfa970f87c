import { Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { ChoiceField, Hint } from "./fields";
import styles from "./room.module.css";
import { setSettings } from "./segmentCommands";
import { useSegment } from "./segmentStore";
import type { RoomSession } from "./session";

const MODES = ["inside", "outside", "box"] as const;

/** What a click says, how far the engine is, and yes or no to what it proposes. */
export function PromptOptions({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const mode = useSegment((state) => state.settings.prompt.mode);
  const { state, count, engine, voxels, elapsedMs, message } = useSegment((segment) => segment.prompt);
  const said = {
    empty: "",
    asking: t("segment.prompt.asking", { count }),
    ready: t("segment.prompt.ready", { count, engine, voxels, ms: Math.round(elapsedMs) }),
    failed: t("segment.prompt.failed", { reason: message }),
  };
  return (
    <>
      <ChoiceField
        label={t("segment.prompt.mode")}
        value={mode}
        options={MODES.map((value) => ({ value, label: t(`segment.prompt.${value}`) }))}
        testId="prompt-mode"
        onChange={(value) => setSettings(session, "prompt", { mode: value })}
      />
      {state === "empty" ? (
        <Hint>{t("segment.prompt.hint")}</Hint>
      ) : (
        <Text
          size="xs"
          c={state === "failed" ? "var(--fid-amber)" : "dimmed"}
          role="status"
          data-testid="prompt-state"
          data-state={state}
          data-count={count}
          data-engine={engine}
          data-voxels={voxels}
        >
          {said[state]}
        </Text>
      )}
      <div className={styles["optionButtons"]}>
        <Button
          size="compact-xs"
          variant="default"
          disabled={count === 0}
          onClick={() => session?.viewer?.key("Escape")}
          data-testid="prompt-drop"
        >
          {t("segment.drop")} (Esc)
        </Button>
        <Button
          size="compact-xs"
          disabled={state !== "ready"}
          onClick={() => session?.viewer?.key("Enter")}
          data-testid="prompt-accept"
        >
          {t("segment.accept")} (↵)
        </Button>
      </div>
    </>
  );
}
