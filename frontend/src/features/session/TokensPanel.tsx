import { Button, Group, NumberInput, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconKey } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { formatMoment } from "@/shared/format";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loaded } from "@/shared/ui/Loaded";
import { Panel } from "@/shared/ui/Panel";
import { SecretBox } from "@/shared/ui/SecretBox";
import { useAction } from "@/shared/ui/useAction";

function TokenForm() {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [days, setDays] = useState(30);
  const make = useAction({
    run: () => take(client.POST("/api/tokens", { body: { name, days } })),
    stale: ["tokens"],
    onDone: () => setName(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Stack gap="md">
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <TextInput
            label={t("session.tokenName")}
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="token-name"
            style={{ flex: 1, minWidth: 200 }}
          />
          <NumberInput
            label={t("session.tokenDays")}
            min={1}
            max={366}
            value={days}
            onChange={(value) => setDays(Number(value) || 1)}
            data-testid="token-days"
            w={160}
          />
          <Button type="submit" variant="default" loading={make.isPending} data-testid="token-create">
            {t("session.tokenCreate")}
          </Button>
        </Group>
      </form>
      {make.data ? <SecretBox text={t("session.tokenSecret")} secret={make.data.secret} testId="token-secret" /> : null}
    </Stack>
  );
}

function TokenRow({ token }: { token: Schemas["Token"] }) {
  const { t } = useTranslation();
  const revoke = useAction({
    run: () => take(client.DELETE("/api/tokens/{token_id}", { params: { path: { token_id: token.id } } })),
    stale: ["tokens"],
  });
  return (
    <Table.Tr data-testid="token-row">
      <Table.Td>{token.name}</Table.Td>
      <Table.Td>{formatMoment(token.created_at)}</Table.Td>
      <Table.Td>{formatMoment(token.expires_at)}</Table.Td>
      <Table.Td>{token.last_used_at ? formatMoment(token.last_used_at) : t("common.never")}</Table.Td>
      <Table.Td ta="right">
        <ConfirmButton
          size="xs"
          title={t("session.tokenRevoke")}
          text={t("session.tokenRevokeText", { name: token.name })}
          confirm={t("session.tokenRevoke")}
          danger
          onConfirm={() => revoke.mutate()}
          testId="token-revoke"
        >
          {t("session.tokenRevoke")}
        </ConfirmButton>
      </Table.Td>
    </Table.Tr>
  );
}

export function TokensPanel() {
  const { t } = useTranslation();
  const tokens = useQuery({ queryKey: ["tokens"], queryFn: () => take(client.GET("/api/tokens")) });
  return (
    <Panel title={t("session.tokens")}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t("session.tokensText")}
        </Text>
        <TokenForm />
        <Loaded query={tokens} rows={2}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState icon={IconKey} title={t("session.noTokens")} text={t("session.noTokensText")} />
            ) : (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("session.tokenName")}</Table.Th>
                    <Table.Th>{t("common.created")}</Table.Th>
                    <Table.Th>{t("session.tokenExpires")}</Table.Th>
                    <Table.Th>{t("session.tokenUsed")}</Table.Th>
                    <Table.Th />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((token) => (
                    <TokenRow key={token.id} token={token} />
                  ))}
                </Table.Tbody>
              </Table>
            )
          }
        </Loaded>
      </Stack>
    </Panel>
  );
}
