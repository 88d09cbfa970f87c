import { Anchor, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";

import { deleteStudy } from "@/shared/api/archive";
import { client, take } from "@/shared/api/client";
import { formatDicomDate } from "@/shared/format";
import { useSession } from "@/shared/session/session";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";

import { DeleteButton } from "./DeleteButton";
import { SeriesCard, type Series } from "./SeriesCard";

/** Images first, then what was made from them and speaks of nothing here. */
function inOrder(series: readonly Series[]): Series[] {
  const rank = (one: Series) => (one.kind === "image" ? 0 : 1);
  return [...series].sort((a, b) => rank(a) - rank(b));
}

/** Objects that are shown under the images they speak of are not listed a second time. */
function isListed(one: Series, all: readonly Series[]): boolean {
  if (one.kind === "image" || one.derived.length === 0) return true;
  const here = new Set(all.filter(({ kind }) => kind === "image").map(({ series_uid }) => series_uid));
  const own = one.derived.filter(({ series_uid }) => series_uid === one.series_uid);
  return own.length === 0 || own.some(({ links }) => !links.some(({ series_uid }) => here.has(series_uid)));
}

export default function StudyPage() {
  const { t } = useTranslation();
  const { studyUid = "" } = useParams();
  const study = useQuery({
    queryKey: ["study", studyUid],
    queryFn: () => take(client.GET("/api/studies/{study_uid}", { params: { path: { study_uid: studyUid } } })),
  });
  const session = useSession();
  const navigate = useNavigate();
  const data = study.data;
  return (
    <Page
      title={data ? data.patient_name || data.patient_id || t("studies.nobody") : t("studies.title")}
      lead={
        data ? (
          <Group gap="md">
            {[
              formatDicomDate(data.study_date),
              data.description,
              data.patient_id,
              data.accession_number ? `${t("studies.accession")} ${data.accession_number}` : "",
            ]
              .filter(Boolean)
              .map((text) => (
                <span key={text}>{text}</span>
              ))}
          </Group>
        ) : null
      }
      trail={
        <Anchor component={Link} to="/studies" size="sm">
          {t("studies.all")}
        </Anchor>
      }
      actions={
        data && session.data?.user?.is_administrator ? (
          <DeleteButton
            word={data.patient_id || data.study_uid}
            title={t("studies.delete.study")}
            run={() => deleteStudy(studyUid)}
            onDone={() => void navigate("/studies")}
            testId="study-delete"
          />
        ) : null
      }
      testId="study-page"
    >
      <Panel title={t("studies.series")} flush>
        <Loaded query={study} rows={3} rowHeight={96}>
          {(found) =>
            inOrder(found.series)
              .filter((one) => isListed(one, found.series))
              .map((one) => <SeriesCard key={one.series_uid} series={one} />)
          }
        </Loaded>
      </Panel>
    </Page>
  );
}
