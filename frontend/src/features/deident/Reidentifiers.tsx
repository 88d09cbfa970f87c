import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { changeProfile, type Profile } from "@/shared/api/deidentification";
import { membersQuery } from "@/shared/api/projects";
import { useAction } from "@/shared/ui/useAction";

import { useTeams } from "./useTeams";

/** Who may ask besides administrators: managers of the project, named by an administrator. */
export function Reidentifiers({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const project = useTeams().find(({ team }) => team === profile.team);
  const members = useQuery({ ...membersQuery(project?.id ?? ""), enabled: project !== undefined });
  const managers = (members.data ?? []).filter(({ roles }) => roles.includes("manager"));
  const name = useAction({
    run: (reidentifiers: string[]) => changeProfile(profile.id, { reidentifiers }),
    stale: ["deidentification"],
    done: t("common.saved"),
  });
  return (
    <MultiSelect
      label={t("deident.reidentify.named")}
      description={t("deident.reidentify.namedHint")}
      placeholder={profile.reidentifiers.length === 0 ? t("deident.reidentify.nobody") : ""}
      data={managers.map(({ user }) => ({ value: user.id, label: user.display_name }))}
      value={profile.reidentifiers.filter((id) => managers.some(({ user }) => user.id === id))}
      onChange={(next) => name.mutate(next)}
      disabled={name.isPending || members.data === undefined}
      w={480}
      data-testid="reidentify-named"
    />
  );
}
