import { Anchor, Button } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";

import { profileQuery } from "./queries";
import { ReidentifyPanel } from "./ReidentifyPanel";
import { RulesPanel } from "./RulesPanel";
import { RunsPanel } from "./RunsPanel";

/** One profile: what is held, its runs, its rules. */
export default function ProfilePage() {
  const { t } = useTranslation();
  const { profileId = "" } = useParams();
  const profile = useQuery(profileQuery(profileId));
  const held = profile.data?.held ?? 0;
  return (
    <Page
      title={profile.data?.name ?? t("deident.title")}
      lead={profile.data ? t("deident.pseudonyms", { example: `${profile.data.pseudonym_prefix}-0001` }) : null}
      trail={
        <Anchor component={Link} to="/deidentification" size="sm">
          {t("deident.title")}
        </Anchor>
      }
      actions={
        held > 0 ? (
          <Button
            component={Link}
            to={`/deidentification/${profileId}/review`}
            leftSection={<IconEye size={16} />}
            data-testid="review-open"
          >
            {t("deident.review.open", { count: held })}
          </Button>
        ) : null
      }
      width={1200}
      testId="profile-page"
    >
      <Loaded query={profile} rows={6}>
        {(found) => (
          <>
            <RunsPanel profile={found} />
            <RulesPanel key={`${found.id}-${found.version}`} profile={found} />
            <ReidentifyPanel profile={found} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
