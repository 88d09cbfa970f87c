import { ActionIcon, Button, Select, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconMapPin, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { QuestionField, useTyping } from "@/shared/forms/QuestionField";
import { askedQuestions, missingAnswers, type Question } from "@/shared/forms/rules";

import { addFinding, answerFinding, changeFinding, placeHere, showFinding, tieToMeasurement } from "./findingCommands";
import { findingsOf, type Finding } from "./findings";
import { withKey } from "./hotkeys";
import { mainFigure } from "./measurementText";
import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

interface Props {
  questions: readonly Question[];
  session: RoomSession | null;
}

/** What was found, one after the other: choose one to see it, and answer what is asked of it. */
export function FindingList({ questions, session }: Props) {
  const { t } = useTranslation();
  const answers = useRoom((state) => state.answers);
  const mayEdit = useRoom((state) => state.mayEdit && state.phase === "ready");
  const findings = findingsOf(answers);
  return (
    <section className={styles["section"]} aria-label={t("forms.findings")} data-testid="findings">
      <div className={styles["sectionHead"]}>
        {t("forms.findings")}
        <Tooltip label={withKey(t("room.command.finding"), "finding")}>
          <ActionIcon
            size={26}
            variant="subtle"
            color="gray"
            disabled={!mayEdit}
            aria-label={t("room.command.finding")}
            onClick={() => session && addFinding(session)}
            data-testid="finding-add"
          >
            <IconPlus size={15} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </div>
      {findings.length === 0 ? (
        <Text size="xs" c="dimmed" mih={18}>
          {t("forms.noFindings")}
        </Text>
      ) : null}
      {findings.map((finding) => (
        <FindingRow key={finding.key} finding={finding} questions={questions} session={session} mayEdit={mayEdit} />
      ))}
    </section>
  );
}

interface RowProps extends Props {
  finding: Finding;
  mayEdit: boolean;
}

function FindingRow({ finding, questions, session, mayEdit }: RowProps) {
  const { t } = useTranslation();
  const open = useRoom((state) => state.findingOpen === finding.key);
  const label = useRoom((state) => state.labels.find(({ value }) => value === finding.label));
  const missing = missingAnswers(questions, finding.answers, finding.label).length;
  const name = finding.name || t("forms.unnamed");
  const toggle = () => useRoom.setState({ findingOpen: open ? null : finding.key });
  return (
    <div data-testid="finding" data-open={open}>
      <div className={styles["findingRow"]}>
        <ActionIcon
          size={24}
          variant="subtle"
          color="gray"
          aria-label={t(open ? "forms.less" : "forms.more", { name })}
          aria-expanded={open}
          onClick={toggle}
          data-testid="finding-more"
        >
          {open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        </ActionIcon>
        {label ? <span className={styles["findingDot"]} style={{ background: label.colour }} /> : <span />}
        <button type="button" onClick={() => session && void showFinding(session, finding)} data-testid="finding-show">
          {name}
          {label ? <small>{label.name}</small> : null}
        </button>
        {missing > 0 ? (
          <Text span size="xs" c="var(--fid-amber)" className="fid-figure" data-testid="finding-missing">
            {t("forms.open", { count: missing })}
          </Text>
        ) : (
          <span />
        )}
        <Tooltip label={t("common.delete")}>
          <ActionIcon
            size={26}
            variant="subtle"
            color="gray"
            disabled={!mayEdit}
            aria-label={t("forms.deleteFinding", { name })}
            onClick={() => session?.answer(finding.key, null)}
            data-testid="finding-delete"
          >
            <IconTrash size={14} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </div>
      {open && session ? (
        <FindingDetails finding={finding} questions={questions} session={session} mayEdit={mayEdit} />
      ) : null}
    </div>
  );
}

function FindingDetails({ finding, questions, session, mayEdit }: RowProps & { session: RoomSession }) {
  const { t } = useTranslation();
  const labels = useRoom((state) => state.labels);
  const measurements = useRoom((state) => state.measurements);
  const wanted = useRoom((state) => state.formWanted);
  const [text, setText] = useState<string | null>(null);
  const { now, later } = useTyping((value) => changeFinding(session, finding, { name: String(value ?? "") }));
  const asked = askedQuestions(questions, finding.answers, finding.label);
  const measured = measurements.some(({ key }) => key === finding.measurement);
  return (
    <Stack gap={10} className={styles["findingDetails"]} data-form data-finding={finding.key}>
      <TextInput
        size="xs"
        label={t("forms.name")}
        maxLength={120}
        disabled={!mayEdit}
        value={text ?? finding.name}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => {
          setText(event.currentTarget.value);
          later(event.currentTarget.value);
        }}
        onBlur={() => {
          now();
          setText(null);
        }}
        data-field
        data-testid="finding-name"
      />
      <Select
        size="xs"
        label={t("forms.label")}
        placeholder={t("forms.noLabel")}
        clearable
        disabled={!mayEdit}
        value={finding.label === null ? null : String(finding.label)}
        onChange={(value) => changeFinding(session, finding, { label: value === null ? null : Number(value) })}
        data={labels.map(({ value, name }) => ({ value: String(value), label: name }))}
        data-field
        data-testid="finding-label"
      />
      <Select
        size="xs"
        label={t("forms.measurement")}
        placeholder={t("forms.noMeasurement")}
        clearable
        disabled={!mayEdit}
        value={finding.measurement}
        onChange={(value) => tieToMeasurement(session, finding, value)}
        data={[
          ...measurements.map((one, index) => ({
            value: one.key,
            label: `${t(`room.command.${one.type}`)} ${index + 1}: ${mainFigure(t, one, true)}`,
          })),
          ...(finding.measurement && !measured
            ? [{ value: finding.measurement, label: t("forms.measurementElsewhere") }]
            : []),
        ]}
        data-field
        data-testid="finding-measurement"
      />
      {asked.map((question) => (
        <QuestionField
          key={question.key}
          question={question}
          value={finding.answers[question.key]}
          disabled={!mayEdit}
          wanted={wanted}
          save={(value) => answerFinding(session, finding, question.key, value)}
        />
      ))}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconMapPin size={14} />}
        disabled={!mayEdit}
        onClick={() => placeHere(session, finding)}
        data-testid="finding-place"
      >
        {t(finding.place ? "forms.placeHere" : "forms.placeFirst")}
      </Button>
    </Stack>
  );
}
