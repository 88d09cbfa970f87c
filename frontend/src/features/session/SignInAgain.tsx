import { Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useSession, useSessionEnd, useTakeSession } from "@/shared/session/session";

import { SignInForm } from "./SignInForm";

/** Asks for the password over the page when the session has ended; the page and what is on it stay. */
export function SignInAgain() {
  const { t } = useTranslation();
  const ended = useSessionEnd((state) => state.ended);
  const session = useSession();
  const takeSession = useTakeSession();
  return (
    <Modal
      opened={ended}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={t("session.again")}
      zIndex={400}
      transitionProps={{ duration: 0 }} // no pointer is caught by a dialog that fades: somebody goes on drawing
      data-testid="sign-in-again"
    >
      <Stack>
        <Text size="sm">{t("session.againText")}</Text>
        {ended ? <SignInForm username={session.data?.user?.username ?? ""} onSignedIn={takeSession} /> : null}
      </Stack>
    </Modal>
  );
}
