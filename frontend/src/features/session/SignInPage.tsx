import { Box, Center, Group, Image, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate, useSearchParams } from "react-router";

import { languageOf, languages, switchLanguage } from "@/shared/i18n/i18n";
import { useSession, useTakeSession } from "@/shared/session/session";
import { useTitle } from "@/shared/ui/useTitle";

import { SignInForm } from "./SignInForm";
import { nextPage } from "./nextPage";

export default function SignInPage() {
  const { t, i18n } = useTranslation();
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const takeSession = useTakeSession();
  const session = useSession();
  useTitle(t("session.title"));
  const next = nextPage(search.get("next"));
  if (session.data?.user) return <Navigate to={next} replace />;
  return (
    <Center mih="100vh" p="lg">
      <Stack gap="xl" w={360}>
        <Group gap="md" wrap="nowrap">
          <Image src="/fiducial.svg" w={44} h={44} alt="" />
          <Box>
            <Title order={1}>{t("common.appName")}</Title>
            <Text size="sm" c="dimmed">
              {t("session.tagline")}
            </Text>
          </Box>
        </Group>
        <Box p="xl" bg="var(--fid-panel)" style={{ border: "1px solid var(--fid-line)", borderRadius: 8 }}>
          <SignInForm
            onSignedIn={(data) => {
              takeSession(data);
              if (data.user) switchLanguage(languageOf(data.user.language));
              void navigate(next, { replace: true });
            }}
          />
        </Box>
        <SegmentedControl
          size="xs"
          value={languageOf(i18n.language)}
          onChange={(code) => switchLanguage(languageOf(code))}
          data={languages.map(({ code, name }) => ({ value: code, label: name }))}
          aria-label={t("nav.language")}
          data-testid="sign-in-language"
        />
      </Stack>
    </Center>
  );
}
