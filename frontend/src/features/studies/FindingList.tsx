import { Stack, Text, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** What is odd, in plain words; the case at hand on hover. */
export function FindingList({ findings }: { findings: readonly { code: string; detail: string }[] }) {
  const { t } = useTranslation();
  const byCode = new Map<string, string[]>();
  for (const { code, detail } of findings) byCode.set(code, [...(byCode.get(code) ?? []), detail]);
  return (
    <Stack gap={2}>
      {[...byCode].map(([code, details]) => {
        const text = details.filter(Boolean).slice(0, 8).join("\n");
        return (
          <Tooltip key={code} label={text} disabled={!text} multiline maw={480} style={{ whiteSpace: "pre-line" }}>
            <Text
              size="sm"
              c="var(--fid-amber)"
              data-testid="finding"
              data-code={code}
              style={{ alignSelf: "flex-start" }}
            >
              {t(`studies.finding.${code}`, { defaultValue: details[0] ?? code })}
            </Text>
          </Tooltip>
        );
      })}
    </Stack>
  );
}
