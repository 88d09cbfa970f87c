/** The few fields that the marking panel is made of. */

import { NumberInput, SegmentedControl, Text } from "@mantine/core";
import { useId } from "react";

import styles from "./room.module.css";

interface NumberProps {
  label: string;
  unit: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  testId: string;
  onChange: (value: number) => void;
}

export function NumberField({ label, unit, value, min, max, step = 1, testId, onChange }: NumberProps) {
  const id = useId();
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      <NumberInput
        id={id}
        size="xs"
        w={112}
        value={value}
        min={min}
        max={max}
        step={step}
        clampBehavior="blur"
        suffix={unit ? ` ${unit}` : ""}
        onChange={(next) => {
          const number = Number.parseFloat(String(next)); // "2.0" comes as text
          if (Number.isFinite(number)) {
            onChange(number);
          }
        }}
        data-testid={testId}
      />
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { readonly value: Value; readonly label: string }[];
  testId: string;
  onChange: (value: Value) => void;
}

export function ChoiceField<Value extends string>({ label, value, options, testId, onChange }: ChoiceProps<Value>) {
  return (
    <div className={styles["choice"]}>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={label}
        value={value}
        onChange={(next) => onChange(next as Value)}
        data={options.map((option) => ({
          value: option.value,
          label: <span data-testid={`${testId}-${option.value}`}>{option.label}</span>,
        }))}
        data-testid={testId}
      />
    </div>
  );
}

export function Hint({ children }: { children: string }) {
  return (
    <Text size="xs" c="dimmed" lh={1.35}>
      {children}
    </Text>
  );
}
