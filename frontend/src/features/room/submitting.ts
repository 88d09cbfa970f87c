import { client, take } from "@/shared/api/client";

const underWay = new Set<string>();

/** The reading is being submitted: the server may still list it as open. */
export const isBeingSubmitted = (reading: string): boolean => underWay.has(reading);

/** Submit a reading whose marks are all with the server; the request outlives the page. */
export async function submitReading(reading: string, base: number): Promise<void> {
  const params = { path: { reading_id: reading } };
  underWay.add(reading);
  try {
    const body = { base_revision: base };
    await take(client.POST("/api/readings/{reading_id}/submit", { params, body, keepalive: true }));
  } finally {
    underWay.delete(reading);
  }
}
