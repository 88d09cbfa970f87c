import { useTranslation } from "react-i18next";
import type { UseMutationResult } from "@tanstack/react-query";

import { client, take } from "@/shared/api/client";
import type { Project } from "@/shared/api/projects";
import { useAction } from "@/shared/ui/useAction";

import { protocolDraft, type Protocol, type ProtocolDraft } from "../protocol";

/** Saves a part of the protocol; the rest stays as it is. The server makes it a new version. */
export function useSaveProtocol(
  project: Project,
  onSaved?: (protocol: Protocol) => void,
): UseMutationResult<Protocol, Error, Partial<ProtocolDraft>> {
  const { t } = useTranslation();
  return useAction({
    run: (change: Partial<ProtocolDraft>) =>
      take(
        client.PUT("/api/projects/{project_id}/protocol", {
          params: { path: { project_id: project.id } },
          body: protocolDraft(project.protocol, change),
        }),
      ),
    stale: ["project", "projects"],
    done: t("common.saved"),
    onDone: (protocol) => onSaved?.(protocol),
    quiet: true,
  });
}
