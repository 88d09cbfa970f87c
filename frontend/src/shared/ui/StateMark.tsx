import { Group, Text } from "@mantine/core";

export type Tone = "quiet" | "active" | "needs" | "bad" | "good";

const colours: Readonly<Record<Tone, string>> = {
  quiet: "var(--fid-mark)",
  active: "var(--fid-accent)",
  needs: "var(--fid-amber)",
  bad: "var(--fid-red)",
  good: "var(--fid-green)",
};

/** A state in words with a dot: never told by colour alone. */
export function StateMark({ tone, text, testId }: { tone: Tone; text: string; testId?: string }) {
  return (
    <Group gap={8} wrap="nowrap" data-testid={testId} display="inline-flex">
      <span aria-hidden style={{ width: 8, height: 8, borderRadius: 8, background: colours[tone], flex: "0 0 auto" }} />
      <Text span size="sm" style={{ whiteSpace: "nowrap" }}>
        {text}
      </Text>
    </Group>
  );
}
