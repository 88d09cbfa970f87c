import { Box, Modal, Table, Text, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { tagName, tagsOf } from "@/imaging";

import styles from "./room.module.css";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

const SHOWN = 400;

/** Every attribute of the image in a pane, but the patient's; searchable by tag, name and value. */
export function TagDialog({ session }: { session: RoomSession }) {
  const { t } = useTranslation();
  const pane = useRoom((state) => state.tagsOf);
  return (
    <Modal
      opened={pane !== null}
      onClose={() => useRoom.setState({ tagsOf: null })}
      title={t("view.tags.title")}
      size={860}
      data-testid="tag-dialog"
    >
      {pane === null ? null : <TagTable session={session} pane={pane} />}
    </Modal>
  );
}

/** For comparing: "rescale slope" finds RescaleSlope, "(0028,1053)" finds 00281053. */
const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s(),]/g, "");

function TagTable({ session, pane }: { session: RoomSession; pane: string }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const slice = useRoom((state) => state.views[pane]?.sliceIndex);
  const rows = useMemo(() => {
    return tagsOf(session.viewer?.views.headerOf(pane) ?? {}).map((row) => ({ ...row, name: tagName(row.tag) }));
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the header is another one on another slice
  }, [session, pane, slice]);
  const wanted = plain(search);
  const found = rows.filter(({ tag, name, value }) => [tag, name, value].some((text) => plain(text).includes(wanted)));
  return (
    <>
      <TextInput
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        placeholder={t("view.tags.search")}
        aria-label={t("view.tags.search")}
        data-autofocus
        data-testid="tag-search"
      />
      <Text size="xs" c="dimmed" my={6}>
        {t("view.tags.count", { count: found.length })} {t("view.tags.patient")}
      </Text>
      <Box className={styles["tagTable"]} role="region" tabIndex={0} aria-label={t("view.tags.title")}>
        <Table stickyHeader fz="xs" verticalSpacing={3}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={96}>{t("view.tags.tag")}</Table.Th>
              <Table.Th w={230}>{t("view.tags.name")}</Table.Th>
              <Table.Th w={40}>VR</Table.Th>
              <Table.Th>{t("view.tags.value")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.slice(0, SHOWN).map(({ tag, name, vr, value, depth }, index) => (
              <Table.Tr key={index} data-testid="tag-row">
                <Table.Td className="fid-figure" style={{ paddingLeft: 8 + 12 * depth }}>
                  {tag.slice(0, 4)},{tag.slice(4)}
                </Table.Td>
                <Table.Td>{name}</Table.Td>
                <Table.Td>{vr}</Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Box>
    </>
  );
}
