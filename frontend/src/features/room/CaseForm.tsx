import { Alert, Button, Stack, Text, Textarea } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { QuestionField, useTyping } from "@/shared/forms/QuestionField";
import { askedQuestions, MAX_TEXT, type Question } from "@/shared/forms/rules";

import { COMMENT, commentIn, NOT_READABLE, notReadableIn } from "./findings";
import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

interface Props {
  questions: readonly Question[];
  session: RoomSession | null;
}

/** The questions of the case that are asked, given the answers so far. Answers are saved as they are given. */
export function CaseForm({ questions, session }: Props) {
  const { t } = useTranslation();
  const answers = useRoom((state) => state.answers);
  const disabled = useRoom((state) => !state.mayEdit || state.phase !== "ready");
  const wanted = useRoom((state) => state.formWanted);
  return (
    <section className={styles["section"]} aria-label={t("room.form")} data-testid="case-form">
      <div className={styles["sectionHead"]}>{t("room.form")}</div>
      <NotReadableNote session={session} disabled={disabled} />
      <Stack gap={14} data-form>
        {askedQuestions(questions, answers).map((question) => (
          <QuestionField
            key={question.key}
            question={question}
            value={answers[question.key]}
            disabled={disabled}
            wanted={wanted && notReadableIn(answers) === null}
            save={(value) => session?.answer(question.key, value)}
          />
        ))}
        <div data-comment data-question={COMMENT}>
          <CommentField session={session} disabled={disabled} />
        </div>
      </Stack>
    </section>
  );
}

function CommentField({ session, disabled }: { session: RoomSession | null; disabled: boolean }) {
  const { t } = useTranslation();
  const comment = useRoom((state) => commentIn(state.answers));
  const [text, setText] = useState<string | null>(null);
  const { now, later } = useTyping((value) => session?.answer(COMMENT, value));
  return (
    <Textarea
      label={t("forms.comment")}
      size="xs"
      autosize
      minRows={1}
      maxRows={8}
      maxLength={MAX_TEXT}
      disabled={disabled}
      value={text ?? comment}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        later(next.trim() === "" ? null : next);
      }}
      onBlur={() => {
        now();
        setText(null);
      }}
      data-testid="comment"
    />
  );
}

/** Says that the case was found not readable, and takes it back. */
function NotReadableNote({ session, disabled }: { session: RoomSession | null; disabled: boolean }) {
  const { t } = useTranslation();
  const answers = useRoom((state) => state.answers);
  const found = notReadableIn(answers);
  if (!found) {
    return null;
  }
  return (
    <Alert
      color="yellow"
      variant="light"
      mb="md"
      icon={<IconEyeOff size={18} />}
      title={t(`forms.reason.${found.reason}`)}
      data-testid="not-readable-note"
    >
      {found.text ? <Text size="sm">{found.text}</Text> : null}
      <Text size="xs" c="dimmed">
        {t("forms.notReadableNote")}
      </Text>
      <Button
        mt="sm"
        size="compact-xs"
        variant="default"
        disabled={disabled}
        onClick={() => session?.answer(NOT_READABLE, null)}
        data-testid="not-readable-back"
      >
        {t("forms.readable")}
      </Button>
    </Alert>
  );
}
