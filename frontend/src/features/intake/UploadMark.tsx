import { Anchor, Group, Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";

import { formatShare } from "@/shared/format";

import { useUpload } from "./uploader";

/** Shows on other pages that files are still being sent, and leads back. */
export function UploadMark() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const { phase, bytesAll, bytesDone, filesAll, filesDone, offline, paused, held } = useUpload();
  if (phase !== "sending" || pathname === "/import") return null;
  const share = bytesAll > 0 ? bytesDone / bytesAll : 0;
  const waits = offline || paused || held !== null;
  const text = waits ? t("intake.mark.waits", { count: filesAll - filesDone }) : t("intake.mark.sends");
  return (
    <Anchor component={Link} to="/import" size="sm" mr="md" underline="never" data-testid="upload-mark">
      <Group gap={8} wrap="nowrap">
        <Text size="sm" c={waits ? "var(--fid-amber)" : "dimmed"}>
          {text}
        </Text>
        <Progress value={share * 100} w={96} size={6} aria-label={text} />
        <Text size="sm" className="fid-figure" w={40}>
          {formatShare(share)}
        </Text>
      </Group>
    </Anchor>
  );
}
