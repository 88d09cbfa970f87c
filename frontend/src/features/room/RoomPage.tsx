import { Box, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { client, take } from "@/shared/api/client";
import { ErrorBox } from "@/shared/ui/ErrorBox";

import { Banners } from "./Banners";
import { applyTools } from "./commands";
import { ConflictDialog } from "./ConflictDialog";
import { HelpOverlay } from "./HelpOverlay";
import { HistoryPanel } from "./HistoryPanel";
import { PaneGrid } from "./PaneGrid";
import { probeOf, type RoomProbe } from "./probe";
import styles from "./room.module.css";
import { SeriesStrip } from "./SeriesStrip";
import { RoomSession, type ReadingDetail } from "./session";
import { SidePanel } from "./SidePanel";
import { useRoom } from "./store";
import { SubmitDialog } from "./SubmitDialog";
import { ToolBar } from "./ToolBar";
import { TopBar } from "./TopBar";
import { useHotkeys } from "./useHotkeys";
import { useNextCase } from "./useNextCase";

declare global {
  interface Window {
    /** Read-only numbers for tests. */
    fiducialProbe?: RoomProbe;
  }
}

/** The reading room of one reading. */
export default function RoomPage() {
  const { readingId = "" } = useParams();
  const reading = useQuery({
    queryKey: ["room-reading", readingId],
    queryFn: () => take(client.GET("/api/readings/{reading_id}", { params: { path: { reading_id: readingId } } })),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  if (reading.isError) {
    return <RoomError error={reading.error} onRetry={() => void reading.refetch()} />;
  }
  return reading.data ? (
    <Room key={readingId} reading={reading.data} />
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

/** A session for as long as the room is on the screen. It is made in an effect, so that StrictMode's rehearsal ends cleanly. */
function useRoomSession(reading: ReadingDetail): RoomSession | null {
  const [session, setSession] = useState<RoomSession | null>(null);
  const first = useRef(reading);
  useEffect(() => {
    const created = new RoomSession(first.current);
    let left = false;
    void created.viewerReady.then((viewer) => {
      if (!left && viewer) {
        applyTools(viewer);
        window.fiducialProbe = probeOf(viewer);
      }
    });
    setSession(created);
    return () => {
      left = true;
      delete window.fiducialProbe;
      created.dispose();
      setSession(null);
    };
  }, []);
  return session;
}

function Room({ reading }: { reading: ReadingDetail }) {
  const { t } = useTranslation();
  const session = useRoomSession(reading);
  const phase = useRoom((state) => state.phase);
  const failure = useRoom((state) => state.failure);
  const stripOpen = useRoom((state) => state.stripOpen);
  const panelOpen = useRoom((state) => state.panelOpen);
  const nextCase = useNextCase(reading.id);
  useHotkeys(session, nextCase);
  if (phase === "failed" || phase === "noWebGl") {
    const error = phase === "noWebGl" ? new Error(t("room.noWebGl")) : failure;
    return <RoomError error={error} onRetry={() => window.location.reload()} />;
  }
  return (
    <div className={styles["room"]} data-testid="room" data-phase={phase}>
      <TopBar reading={reading} session={session} onNext={nextCase} />
      <ToolBar reading={reading} session={session} />
      <Banners reading={reading} session={session} />
      <div className={styles["work"]} data-strip={stripOpen} data-panel={panelOpen}>
        {stripOpen ? <SeriesStrip reading={reading} session={session} /> : null}
        <main className={styles["images"]}>
          {session ? <PaneGrid session={session} /> : null}
          {phase === "loading" ? (
            <Text className={styles["curtain"]} size="sm" c="dimmed">
              {t("common.loading")}
            </Text>
          ) : null}
        </main>
        {panelOpen ? <SidePanel reading={reading} session={session} /> : null}
      </div>
      <HelpOverlay />
      {session ? (
        <>
          <HistoryPanel reading={reading} session={session} />
          <ConflictDialog session={session} />
          <SubmitDialog reading={reading} session={session} onNext={nextCase} />
        </>
      ) : null}
    </div>
  );
}
