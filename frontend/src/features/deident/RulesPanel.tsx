import { ActionIcon, Button, Group, Radio, Stack, Switch, Table, Text, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { changeProfile, type Option, type PrivateTag, type Profile } from "@/shared/api/deidentification";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

import { cleaning, datesOf, isChanged, isWholeTag, keeping, withDates, withOption, type Dates } from "./rules";

const dateChoices = ["removed", "shifted", "kept"] as const satisfies readonly Dates[];

interface OptionsProps {
  names: readonly Option[];
  options: readonly Option[];
  onOptions: (options: Option[]) => void;
}

function Switches({ names, options, onOptions }: OptionsProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      {names.map((name) => (
        <Switch
          key={name}
          label={t(`deident.option.${name}`)}
          description={t(`deident.optionText.${name}`)}
          checked={options.includes(name)}
          onChange={(event) => onOptions(withOption(options, name, event.currentTarget.checked))}
          data-testid={`option-${name}`}
        />
      ))}
    </Stack>
  );
}

interface TagsProps {
  tags: readonly PrivateTag[];
  onTags: (tags: PrivateTag[]) => void;
}

/** Private attributes that may stay, besides those that the standard calls safe. */
function PrivateTags({ tags, onTags }: TagsProps) {
  const { t } = useTranslation();
  const change = (at: number, part: Partial<PrivateTag>) =>
    onTags(tags.map((tag, index) => (index === at ? { ...tag, ...part } : tag)));
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t("deident.privateText")}
      </Text>
      {tags.length > 0 ? (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("deident.creator")}</Table.Th>
              <Table.Th w={96}>{t("deident.group")}</Table.Th>
              <Table.Th w={112} style={{ whiteSpace: "nowrap" }}>
                {t("deident.element")}
              </Table.Th>
              <Table.Th w={40} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tags.map((tag, at) => (
              <Table.Tr key={at} data-testid="private-tag">
                {(["creator", "group", "element"] as const).map((name) => (
                  <Table.Td key={name}>
                    <TextInput
                      size="xs"
                      aria-label={t(`deident.${name}`)}
                      value={tag[name]}
                      maxLength={name === "creator" ? 64 : name === "group" ? 4 : 2}
                      onChange={(event) => change(at, { [name]: event.currentTarget.value })}
                      data-testid={`private-${name}`}
                    />
                  </Table.Td>
                ))}
                <Table.Td>
                  <Tooltip label={t("common.remove")}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      onClick={() => onTags(tags.filter((_, index) => index !== at))}
                      aria-label={t("common.remove")}
                      data-testid="private-remove"
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Tooltip>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
      <Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onTags([...tags, { creator: "", group: "", element: "" }])}
          data-testid="private-add"
        >
          {t("deident.addPrivate")}
        </Button>
      </Group>
    </Stack>
  );
}

/** The rules of a profile: what is cleaned, what may stay, what becomes of dates. */
export function RulesPanel({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const [options, setOptions] = useState<readonly Option[]>(profile.options);
  const [tags, setTags] = useState<readonly PrivateTag[]>(profile.private_tags);
  const save = useAction({
    run: () => changeProfile(profile.id, { options: [...options], private_tags: [...tags] }),
    stale: ["deidentification"],
    done: t("common.saved"),
    quiet: true,
  });
  const changed = isChanged(profile, options, tags);
  const whole = tags.every(isWholeTag);
  return (
    <Panel
      title={t("deident.rulesOf", { n: profile.version })}
      actions={
        <>
          <Text size="xs" c={whole ? "dimmed" : "var(--fid-amber)"}>
            {t(whole ? (profile.used ? "deident.usedHint" : "deident.unusedHint") : "deident.tagsNotWhole")}
          </Text>
          <Button
            size="xs"
            disabled={!changed || !whole}
            loading={save.isPending}
            onClick={() => save.mutate()}
            data-testid="rules-save"
          >
            {t("common.save")}
          </Button>
        </>
      }
      testId="deident-rules"
    >
      <Stack gap="xl">
        {save.isError ? <ErrorBox error={save.error} /> : null}
        <Text size="sm">{t("deident.basic")}</Text>
        <Radio.Group
          label={t("deident.dates.title")}
          value={datesOf(options)}
          onChange={(value) => setOptions(withDates(options, value as Dates))}
        >
          <Stack gap="sm" mt="sm">
            {dateChoices.map((choice) => (
              <Radio
                key={choice}
                value={choice}
                label={t(`deident.dates.${choice}`)}
                description={t(`deident.dates.${choice}Text`)}
                data-testid={`dates-${choice}`}
              />
            ))}
          </Stack>
        </Radio.Group>
        <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 32 }}>
          <Stack gap="md">
            <Text fw={600}>{t("deident.cleaning")}</Text>
            <Switches names={cleaning} options={options} onOptions={setOptions} />
          </Stack>
          <Stack gap="md">
            <Text fw={600}>{t("deident.keeping")}</Text>
            <Switches names={keeping} options={options} onOptions={setOptions} />
            {options.includes("retain_safe_private") ? <PrivateTags tags={tags} onTags={setTags} /> : null}
          </Stack>
        </div>
      </Stack>
    </Panel>
  );
}
