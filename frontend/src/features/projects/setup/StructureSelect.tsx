import { Group, Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";

import { structures, type Code, type Structure } from "../protocol";

const keyOf = ({ scheme, code }: Pick<Code, "scheme" | "code">) => `${scheme}|${code}`;

/** Structures by words of their name: a few that are often marked, and all that DICOM has codes for. */
function useStructures(text: string): { found: readonly Structure[]; asked: boolean } {
  const [q] = useDebouncedValue(text.trim(), 150);
  const { data, isFetching } = useQuery({
    queryKey: ["structures", q],
    queryFn: () => take(client.GET("/api/structures", { params: { query: { q } } })),
    enabled: q !== "",
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  if (text.trim() === "") {
    return { found: structures, asked: false };
  }
  const found = (data ?? []).map(({ type, category }): Structure => ({
    scheme: type.scheme,
    code: type.value,
    meaning: type.meaning,
    category: { scheme: category.scheme, code: category.value, meaning: category.meaning },
  }));
  return { found, asked: isFetching || q !== text.trim() };
}

interface Props {
  code: Code;
  onChange: (structure: Structure) => void;
  testId: string;
}

/** Choose what a label shows, from the codes that DICOM lists for segments. */
export function StructureSelect({ code, onChange, testId }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const chosen = code.code ? code : null;
  // What was chosen stands in the field; only other words are a search.
  const { found, asked } = useStructures(text === chosen?.meaning ? "" : text);
  const rows = new Map(found.map((row) => [keyOf(row), row]));
  const own = chosen && !rows.has(keyOf(chosen)) ? [{ value: keyOf(chosen), label: chosen.meaning }] : [];
  return (
    <Select
      label={t("projects.labels.structure")}
      placeholder={t("projects.labels.pick")}
      searchable
      allowDeselect={false}
      value={chosen ? keyOf(chosen) : null}
      data={[...own, ...[...rows].map(([value, { meaning }]) => ({ value, label: meaning }))]}
      filter={({ options }) => options.filter((option) => !("value" in option) || rows.has(String(option.value)))}
      renderOption={({ option }) => (
        <Group justify="space-between" wrap="nowrap" gap="xs" style={{ flex: 1 }}>
          {option.label}
          <Text size="xs" c="dimmed" className="fid-figure" aria-hidden>
            {option.value.split("|")[1]}
          </Text>
        </Group>
      )}
      nothingFoundMessage={asked ? t("projects.labels.searching") : t("projects.labels.noStructure")}
      searchValue={text}
      onSearchChange={setText}
      onChange={(value) => {
        const structure = value ? rows.get(value) : undefined;
        if (structure) {
          onChange(structure);
        }
      }}
      style={{ flex: 1 }}
      data-testid={testId}
    />
  );
}
