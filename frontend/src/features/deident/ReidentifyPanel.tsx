import { Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { reidentify, type Profile, type Reidentified } from "@/shared/api/deidentification";
import { formatDicomDate } from "@/shared/format";
import { useSession } from "@/shared/session/session";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

import { Reidentifiers } from "./Reidentifiers";

const isUid = (text: string) => /^[0-9.]{5,64}$/.test(text);

function Answer({ found }: { found: Reidentified }) {
  const { t } = useTranslation();
  const { patient, uids } = found;
  const rows: readonly (readonly [string, string])[] = [
    [t("deident.reidentify.pseudonym"), found.pseudonym],
    [t("studies.patient"), patient.patient_name],
    [t("studies.patientId"), [patient.patient_id, patient.issuer].filter(Boolean).join(" · ")],
    [t("deident.reidentify.birth"), formatDicomDate(patient.birth_date)],
    [t("deident.reidentify.sex"), patient.sex],
    ...uids.map(({ original }) => [t("deident.reidentify.original"), original] as const),
  ];
  return (
    <Table data-testid="reidentified">
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Td w={160} c="dimmed">
              {name}
            </Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{value || "–"}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Who stands behind a pseudonym: only for those who may, and always written to the audit record. */
export function ReidentifyPanel({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState("");
  const ask = useAction({
    run: () => reidentify(profile.id, isUid(wanted.trim()) ? { uid: wanted.trim() } : { pseudonym: wanted.trim() }),
    quiet: true,
  });
  const session = useSession();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  if (!profile.may_reidentify) {
    return (
      <Panel title={t("deident.reidentify.title")} testId="deident-reidentify">
        <Text size="sm" c="dimmed" data-testid="reidentify-denied">
          {t("deident.reidentify.denied")}
        </Text>
      </Panel>
    );
  }
  return (
    <Panel title={t("deident.reidentify.title")} testId="deident-reidentify">
      <Stack>
        <Text size="sm" c="dimmed">
          {t("deident.reidentify.text")}
        </Text>
        {session.data?.user?.is_administrator ? <Reidentifiers profile={profile} /> : null}
        <form onSubmit={submit}>
          <Group align="flex-end">
            <TextInput
              label={t("deident.reidentify.wanted")}
              placeholder={`${profile.pseudonym_prefix}-0001`}
              value={wanted}
              onChange={(event) => setWanted(event.currentTarget.value)}
              w={360}
              data-testid="reidentify-wanted"
            />
            <Button
              type="submit"
              variant="default"
              disabled={!wanted.trim()}
              loading={ask.isPending}
              data-testid="reidentify-ask"
            >
              {t("deident.reidentify.ask")}
            </Button>
          </Group>
        </form>
        {ask.isError ? <ErrorBox error={ask.error} /> : null}
        {ask.data ? <Answer found={ask.data} /> : null}
      </Stack>
    </Panel>
  );
}
