import { ActionIcon, CopyButton, Select, Text, TextInput, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy, IconEye, IconEyeOff, IconTrash } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Measurement } from "@/imaging";

import { shownKey, withKey } from "./hotkeys";
import { chooseMeasurement, hideMeasurement, toggleMeasurements } from "./measureCommands";
import { MEASURE_ICONS } from "./measureIcons";
import { asTable, mainFigure, statisticsOf } from "./measurementText";
import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom, type RoomLabel } from "./store";

export function labelNameOf({ label }: Pick<Measurement, "label">, labels: readonly RoomLabel[]): string {
  return typeof label === "number" ? (labels.find(({ value }) => value === label)?.name ?? "") : (label ?? "");
}

/** Everything measured on the open images: figures, labels and texts; a click brings one into view. */
export function MeasurementList({ session }: { session: RoomSession | null }) {
  const { t } = useTranslation();
  const mayEdit = useRoom((state) => state.mayEdit);
  const measurements = useRoom((state) => state.measurements);
  const labels = useRoom((state) => state.labels);
  const shown = useRoom((state) => state.measurementsShown);
  const see = t(shown ? "measure.hideAll" : "measure.showAll");
  return (
    <section className={styles["section"]} aria-label={t("room.measurements")} data-testid="measurements">
      <div className={styles["sectionHead"]}>
        {t("room.measurements")}
        {measurements.length > 0 ? (
          <span className={styles["measureHead"]}>
            <CopyButton value={asTable(t, measurements, (one) => labelNameOf(one, labels))}>
              {({ copied, copy }) => (
                <Tooltip label={t(copied ? "measure.copied" : "measure.copy")}>
                  <ActionIcon
                    size={24}
                    variant="subtle"
                    color={copied ? "green" : "gray"}
                    aria-label={t("measure.copy")}
                    onClick={copy}
                    data-testid="measurements-copy"
                  >
                    {copied ? <IconCheck size={14} stroke={1.6} /> : <IconCopy size={14} stroke={1.6} />}
                  </ActionIcon>
                </Tooltip>
              )}
            </CopyButton>
            <Tooltip label={withKey(see, "measurements")}>
              <ActionIcon
                size={24}
                variant="subtle"
                color="gray"
                aria-label={see}
                onClick={() => session && toggleMeasurements(session)}
                data-testid="measurements-visible"
              >
                {shown ? <IconEye size={14} stroke={1.6} /> : <IconEyeOff size={14} stroke={1.6} />}
              </ActionIcon>
            </Tooltip>
          </span>
        ) : null}
      </div>
      {measurements.length === 0 ? (
        <Text size="xs" c="dimmed" mih={18}>
          {mayEdit ? t("measure.none", { key: shownKey("length") }) : t("forms.noFindings")}
        </Text>
      ) : null}
      {measurements.map((one, index) => (
        <MeasurementRow key={one.key} one={one} number={index + 1} session={session} />
      ))}
    </section>
  );
}

function MeasurementRow({ one, number, session }: { one: Measurement; number: number; session: RoomSession | null }) {
  const { t } = useTranslation();
  const mayEdit = useRoom((state) => state.mayEdit);
  const hidden = useRoom((state) => state.hiddenMeasurements.has(one.key));
  const open = useRoom((state) => state.measurement === one.key);
  const labels = useRoom((state) => state.labels);
  const colour = labels.find(({ value }) => value === one.label)?.colour;
  const IconOf = MEASURE_ICONS[one.type];
  const name = one.text && one.type !== "arrow" ? one.text : `${t(`room.command.${one.type}`)} ${number}`;
  const see = t(hidden ? "room.show" : "room.hide", { label: name });
  return (
    <>
      <div
        className={styles["measureRow"]}
        data-active={open}
        data-testid="measurement"
        data-type={one.type}
        data-value={one.value}
        data-key={one.key}
      >
        <button
          type="button"
          aria-expanded={open}
          onClick={() => session && chooseMeasurement(session, open ? null : one.key)}
          data-testid="measurement-show"
        >
          <IconOf size={16} stroke={1.6} color={colour ?? "var(--fid-accent)"} />
          <span>{name}</span>
        </button>
        <Tooltip label={t("measure.detectorHint")} disabled={one.scale !== "detector"} multiline w={240}>
          <span className="fid-figure" data-testid="measurement-value">
            {mainFigure(t, one, true)}
          </span>
        </Tooltip>
        <Tooltip label={see}>
          <ActionIcon
            size={24}
            variant="subtle"
            color="gray"
            aria-label={see}
            onClick={() => session && hideMeasurement(session, one.key, !hidden)}
            data-testid="measurement-visible"
          >
            {hidden ? <IconEyeOff size={14} stroke={1.6} /> : <IconEye size={14} stroke={1.6} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t("common.delete")}>
          <ActionIcon
            size={24}
            variant="subtle"
            color="gray"
            disabled={!mayEdit}
            aria-label={t("measure.delete", { name })}
            onClick={() => session?.viewer?.measurements.remove(one.key)}
            data-testid="measurement-delete"
          >
            <IconTrash size={14} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </div>
      {open ? <MeasurementDetails one={one} labels={labels} mayEdit={mayEdit} session={session} /> : null}
    </>
  );
}

interface DetailsProps {
  one: Measurement;
  labels: readonly RoomLabel[];
  mayEdit: boolean;
  session: RoomSession | null;
}

/** Statistics, label and text of the chosen measurement. */
function MeasurementDetails({ one, labels, mayEdit, session }: DetailsProps) {
  const { t } = useTranslation();
  const choices = labels.map(({ value, name }) => ({ value: String(value), label: name }));
  const foreign = typeof one.label === "string" ? [{ value: one.label, label: one.label }] : [];
  return (
    <div className={styles["measureDetails"]} data-testid="measurement-details">
      <dl>
        {statisticsOf(t, one).map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="fid-figure">{text}</dd>
          </div>
        ))}
      </dl>
      <Select
        size="xs"
        clearable
        aria-label={t("measure.label")}
        placeholder={t("measure.noLabel")}
        disabled={!mayEdit}
        data={[...choices, ...foreign]}
        value={one.label === null ? null : String(one.label)}
        onChange={(value) => session?.viewer?.measurements.describe(one.key, { label: value ? Number(value) : null })}
        data-testid="measurement-label"
      />
      <TextField key={`${one.key} ${one.text}`} one={one} disabled={!mayEdit} session={session} />
    </div>
  );
}

/** The text is kept when the field is left, as one step. */
function TextField({ one, disabled, session }: { one: Measurement; disabled: boolean; session: RoomSession | null }) {
  const { t } = useTranslation();
  const [text, setText] = useState(one.text);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (one.type === "arrow" && one.text === "") {
      field.current?.focus();
    }
  }, [one.type, one.text]);
  const keep = () => {
    if (text.trim() !== one.text) {
      session?.viewer?.measurements.describe(one.key, { text: text.trim() });
    }
  };
  return (
    <TextInput
      ref={field}
      size="xs"
      maxLength={200}
      aria-label={t("measure.text")}
      placeholder={t("measure.text")}
      disabled={disabled}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      data-testid="measurement-text"
    />
  );
}
