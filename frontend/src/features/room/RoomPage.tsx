import { Box, Button, Group, Text } from "@mantine/core";
import { IconDeviceDesktopOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { memo, useDeferredValue, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";

import { queryClient } from "@/shared/api/queries";
import { useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { SkipLink } from "@/shared/ui/SkipLink";
import { useTitle } from "@/shared/ui/useTitle";

import { fetchFirst, readingQuery } from "./ahead";
import { Banners } from "./Banners";
import { applyTools } from "./commands";
import { ConflictDialog } from "./ConflictDialog";
import { FilesPanel } from "./FilesPanel";
import { HelpOverlay } from "./HelpOverlay";
import { HistoryPanel } from "./HistoryPanel";
import type { OwnKeys } from "./hotkeys";
import { KeysDialog } from "./KeysDialog";
import { NotReadableDialog } from "./NotReadableDialog";
import { PaneGrid } from "./PaneGrid";
import { probeOf, type RoomProbe } from "./probe";
import styles from "./room.module.css";
import { asSecond, isSecond, joinWindows } from "./secondWindow";
import { SeriesStrip } from "./SeriesStrip";
import { SaveNotice } from "./SaveNotice";
import { RoomSession, type ReadingDetail } from "./session";
import { SidePanel } from "./SidePanel";
import { useRoom } from "./store";
import { SubmitDialog } from "./SubmitDialog";
import { TimeBar } from "./TimeBar";
import { ToolBar } from "./ToolBar";
import { TopBar } from "./TopBar";
import { useHotkeys } from "./useHotkeys";
import { useGraphics, useTakeOwnTexts } from "./overlayTexts";
import { useTakeOwnKeys } from "./useKeySettings";
import { useMeasurementWords } from "./useMeasurementWords";
import { useFetchAhead, useNextCase } from "./useNextCase";

declare global {
  interface Window {
    /** Read-only numbers for tests. */
    fiducialProbe?: RoomProbe;
  }
}

/** What a page that leads here may call before: start what every room needs, and ask for a case's first frame. */
export { prepareImages as getReady } from "@/imaging";
export { fetchFirst };

/** The reading room of one reading. */
export default function RoomPage() {
  const { readingId = "" } = useParams();
  const reading = useQuery({
    ...readingQuery(readingId),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const person = useSession().data?.user?.id ?? "";
  if (reading.data) {
    // A room that is open stays open, also when asking for the reading again fails: somebody may be drawing.
    return <Room key={`${readingId} ${person}`} reading={reading.data} person={person} />;
  }
  return reading.isError ? (
    <RoomError error={reading.error} onRetry={() => void reading.refetch()} />
  ) : (
    <div className={styles["room"]} aria-busy="true" />
  );
}

function RoomError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <Box p="xl" maw={640} mx="auto" mt={48}>
      <ErrorBox error={error} onRetry={onRetry} safe={t("room.safeHere")} />
      <Group mt="md">
        <Button component={Link} to="/worklist" variant="default" data-testid="to-worklist">
          {t("room.toWorklist")}
        </Button>
      </Group>
    </Box>
  );
}

/** Images cannot be drawn here, and what to do about it; everything but the room works in such a browser. */
function NoWebGl() {
  const { t } = useTranslation();
  return (
    <Box mt={48} role="alert" data-testid="no-webgl">
      <EmptyState
        icon={IconDeviceDesktopOff}
        title={t("room.noWebGlTitle")}
        text={t("room.noWebGl")}
        action={
          <Group gap="sm">
            <Button component={Link} to="/worklist" variant="default" data-testid="to-worklist">
              {t("room.toWorklist")}
            </Button>
            <Button onClick={() => window.location.reload()}>{t("common.retry")}</Button>
          </Group>
        }
      />
    </Box>
  );
}

/** A session for as long as the room is on the screen. It is made in an effect, so that StrictMode's rehearsal ends cleanly. */
function useRoomSession(reading: ReadingDetail, person: string): RoomSession | null {
  const [session, setSession] = useState<RoomSession | null>(null);
  const navigate = useNavigate();
  const first = useRef({ reading, person, navigate });
  useEffect(() => {
    const { reading: opened, person: whose, navigate: go } = first.current;
    const created = new RoomSession(opened, whose, asSecond());
    const { id } = first.current.reading;
    fetchFirst(id);
    let left = false;
    let part: () => void = () => undefined;
    void created.viewerReady.then((viewer) => {
      if (!left && viewer) {
        applyTools(viewer);
        part = joinWindows(created, viewer, (address) => void go(address));
        window.fiducialProbe = probeOf(viewer);
      }
    });
    setSession(created);
    return () => {
      left = true;
      part();
      queryClient.removeQueries({ queryKey: readingQuery(id).queryKey });
      delete window.fiducialProbe;
      created.dispose();
      setSession(null);
    };
  }, []);
  return session;
}

interface Furnishing {
  reading: ReadingDetail;
  session: RoomSession;
  onNext: () => void;
  /** Tooltips name keys: whoever has other ones sees them drawn anew. */
  keys: OwnKeys;
}

/** Bars above the images. What does not change is not drawn again with the room: that takes longer than an image. */
const Bars = memo(function Bars({ reading, session, onNext }: Furnishing) {
  return (
    <>
      <TopBar reading={reading} session={session} onNext={onNext} />
      <ToolBar reading={reading} session={session} />
      <div data-region>
        <Banners reading={reading} session={session} />
      </div>
    </>
  );
});

const Dialogs = memo(function Dialogs({ reading, session, onNext }: Furnishing) {
  return (
    <>
      <HelpOverlay />
      <KeysDialog />
      <HistoryPanel reading={reading} session={session} />
      <FilesPanel reading={reading} session={session} />
      <ConflictDialog session={session} />
      <NotReadableDialog session={session} />
      <SubmitDialog reading={reading} session={session} onNext={onNext} />
    </>
  );
});

const Strip = memo(SeriesStrip);
const Panel = memo(function Panel({ reading, session }: Furnishing) {
  return <SidePanel reading={reading} session={session} />;
});
const Images = memo(function Images({ session }: Pick<Furnishing, "session" | "keys">) {
  return (
    <>
      <PaneGrid session={session} />
      <TimeBar session={session} />
    </>
  );
});

/** The places of what comes after the images. */
const EMPTY_BARS = (
  <>
    <div className={styles["top"]} />
    <div className={styles["tools"]} />
  </>
);

/** A second window goes on with the first. */
const stay = () => undefined;

function Room({ reading, person }: { reading: ReadingDetail; person: string }) {
  const { t } = useTranslation();
  const session = useRoomSession(reading, person);
  const phase = useRoom((state) => state.phase);
  const failure = useRoom((state) => state.failure);
  const stripOpen = useRoom((state) => state.stripOpen);
  const panelOpen = useRoom((state) => state.panelOpen);
  const dark = useRoom((state) => state.phase === "loading" && Object.keys(state.views).length === 0);
  const furnished = useDeferredValue(session, null); // images first, and everything around them after the panes
  const goOn = useNextCase(reading.id);
  const nextCase = isSecond() ? stay : goOn;
  const keys = useTakeOwnKeys();
  useTakeOwnTexts();
  useGraphics(session);
  useFetchAhead(reading.id);
  useHotkeys(session, nextCase);
  useMeasurementWords(session);
  useTitle(`${t("room.case", { number: reading.case.number })} · ${reading.project.name}`);
  if (phase === "noWebGl") {
    return <NoWebGl />;
  }
  if (phase === "failed") {
    return <RoomError error={failure} onRetry={() => window.location.reload()} />;
  }
  const furnishing = furnished && { reading, session: furnished, onNext: nextCase, keys };
  return (
    <div className={styles["room"]} data-testid="room" data-phase={phase}>
      <SkipLink to="images" />
      {furnishing ? <Bars {...furnishing} /> : EMPTY_BARS}
      <div className={styles["work"]} data-strip={stripOpen} data-panel={panelOpen}>
        {stripOpen && furnishing ? <Strip reading={reading} session={furnishing.session} /> : null}
        {stripOpen && !furnishing ? <div className={styles["strip"]} /> : null}
        <main id="images" className={styles["images"]} tabIndex={-1} data-region data-images>
          {session ? <Images session={session} keys={keys} /> : null}
          <SaveNotice session={session} />
          {dark ? (
            <Text className={styles["curtain"]} size="sm" c="dimmed">
              {t("common.loading")}
            </Text>
          ) : null}
        </main>
        {panelOpen && furnishing ? <Panel {...furnishing} /> : null}
        {panelOpen && !furnishing ? <div className={styles["panel"]} /> : null}
      </div>
      {furnishing ? <Dialogs {...furnishing} /> : null}
    </div>
  );
}
