import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import { asApiError } from "@/shared/api/errors";
import type { Session } from "@/shared/session/session";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { errorText } from "@/shared/ui/errorText";
import { useAction } from "@/shared/ui/useAction";

interface SignInFormProps {
  /** The name to start with, when somebody's session ended. */
  username?: string;
  onSignedIn: (session: Session) => void;
}

export function SignInForm({ username: known = "", onSignedIn }: SignInFormProps) {
  const { t } = useTranslation();
  const [username, setUsername] = useState(known);
  const [password, setPassword] = useState("");
  const signIn = useAction({
    run: () => take(client.POST("/api/session", { body: { username, password } })),
    onDone: onSignedIn,
    quiet: true,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  const refused = signIn.isError && [400, 401, 403].includes(asApiError(signIn.error).status);
  return (
    <form onSubmit={submit} data-testid="sign-in-form">
      <Stack gap="md">
        <TextInput
          label={t("session.username")}
          autoComplete="username"
          autoFocus={!known}
          required
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          data-testid="sign-in-username"
        />
        <PasswordInput
          label={t("session.password")}
          autoComplete="current-password"
          autoFocus={Boolean(known)}
          data-autofocus={known ? true : undefined}
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          data-testid="sign-in-password"
        />
        {refused ? (
          <Text size="sm" c="var(--fid-red)" role="alert" data-testid="sign-in-error">
            {errorText(t, signIn.error).what}
          </Text>
        ) : null}
        {signIn.isError && !refused ? <ErrorBox error={signIn.error} /> : null}
        <Button type="submit" fullWidth loading={signIn.isPending} data-testid="sign-in-submit">
          {t("session.submit")}
        </Button>
      </Stack>
    </form>
  );
}
