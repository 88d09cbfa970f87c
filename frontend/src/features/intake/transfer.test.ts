import { describe, expect, it } from "vitest";

import { ApiError } from "@/shared/api/errors";

import { nameOf, type Pick } from "./collect";
import { Rate } from "./rate";
import { nextBatch, nextLimit, Transfer, type Door, type Progress, type Refused } from "./transfer";

const pick = (path: string, bytes = 10): Pick => ({ path, file: new File(["x".repeat(bytes)], path) });
const picks = (count: number) => Array.from({ length: count }, (_, n) => pick(`folder/${n}.dcm`));

/** A server that may break after it has stored what was sent, as a killed one does. */
class Server implements Door {
  readonly stored: string[] = [];
  readonly asked: number[] = [];
  breaks: (request: number) => "before" | "after" | ApiError | null = () => null;
  refuses = new Map<string, ApiError>();
  #requests = 0;

  async send(files: readonly Pick[]): Promise<void> {
    this.#requests += 1;
    await Promise.resolve();
    const broken = this.breaks(this.#requests);
    if (broken instanceof ApiError) throw broken;
    if (broken === "before") throw new ApiError(0, "offline", "");
    const refused = files.map(({ path }) => this.refuses.get(path)).find(Boolean);
    if (refused) throw refused;
    this.stored.push(...files.map(({ path }) => path));
    if (broken === "after") throw new ApiError(0, "offline", "");
  }

  async known(files: readonly Pick[]): Promise<ReadonlySet<string>> {
    this.asked.push(files.length);
    return Promise.resolve(new Set(files.map(({ path }) => path).filter((path) => this.stored.includes(path))));
  }
}

function watched(server: Server) {
  const seen: Progress[] = [];
  const refused: Refused[] = [];
  const transfer = new Transfer({
    door: server,
    onProgress: (progress) => seen.push(progress),
    onRefused: (one) => refused.push(one),
    limits: { bytes: 1000, files: 4 },
    pauseMs: () => 1,
  });
  return { transfer, seen, refused };
}

describe("nextBatch", () => {
  it("is bounded by files and by bytes, and a large file goes alone", () => {
    const queue = [pick("a", 5), pick("b", 5), pick("c", 100), pick("d", 5)];
    const names = (from: number) => nextBatch(queue, from, { bytes: 20, files: 3 }).map(({ path }) => path);
    expect(names(0)).toEqual(["a", "b"]);
    expect(names(2)).toEqual(["c"]);
    expect(nextBatch(picks(9), 0, { bytes: 1e9, files: 4 })).toHaveLength(4);
    expect(nextBatch(queue, 4, { bytes: 20, files: 3 })).toEqual([]);
  });
});

describe("nextLimit", () => {
  it("follows the wire between one and thirty-two megabytes", () => {
    expect(nextLimit(2e6, 200)).toBe(4e6);
    expect(nextLimit(2e6, 2000)).toBe(2e6);
    expect(nextLimit(8e6, 9000)).toBe(4e6);
    expect(nextLimit(1e6, 90_000)).toBe(1e6);
    expect(nextLimit(32e6, 10)).toBe(32e6);
  });
});

describe("Transfer", () => {
  it("sends every file once", async () => {
    const server = new Server();
    const { transfer, seen } = watched(server);
    await transfer.run(picks(50), false);
    expect([...server.stored].sort()).toEqual(picks(50).map(({ path }) => path).sort()); // prettier-ignore
    expect(seen.at(-1)).toMatchObject({ filesDone: 50, bytesDone: 500, offline: false });
  });

  it("loses and doubles nothing when requests break before or after the server stored them", async () => {
    const server = new Server();
    server.breaks = (request) => (request % 3 === 0 ? "after" : request % 3 === 1 ? "before" : null);
    const { transfer, seen, refused } = watched(server);
    await transfer.run(picks(40), false);
    expect(server.stored).toHaveLength(40);
    expect(new Set(server.stored).size).toBe(40);
    expect(refused).toEqual([]);
    expect(seen.some(({ offline }) => offline)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ filesDone: 40, bytesDone: 400, offline: false });
  });

  it("asks what is there when it resumes, and sends only the rest", async () => {
    const server = new Server();
    server.stored.push(...picks(30).map(({ path }) => path));
    const { transfer, seen } = watched(server);
    await transfer.run(picks(34), true);
    expect(server.asked).toEqual([34]);
    expect(server.stored).toHaveLength(34);
    expect(seen.at(-1)).toMatchObject({ filesDone: 34, bytesDone: 340 });
  });

  it("halves a refused batch until the refused file stands alone", async () => {
    const server = new Server();
    server.refuses.set("folder/2.dcm", new ApiError(413, "too_large", "too large"));
    const { transfer, seen, refused } = watched(server);
    await transfer.run(picks(8), false);
    expect(refused.map((one) => one.pick.path)).toEqual(["folder/2.dcm"]);
    expect(server.stored).toHaveLength(7);
    expect(seen.at(-1)?.filesDone).toBe(8);
  });

  it("waits for a person when the archive is full", async () => {
    const server = new Server();
    let full = true;
    server.breaks = () => (full ? new ApiError(409, "quota_exceeded", "full") : null);
    const { transfer, seen } = watched(server);
    const done = transfer.run(picks(4), false);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen.at(-1)?.held?.code).toBe("quota_exceeded");
    expect(server.stored).toEqual([]);
    full = false;
    transfer.goOn();
    await done;
    expect(server.stored).toHaveLength(4);
  });

  it("ends when somebody has closed the import meanwhile", async () => {
    const server = new Server();
    server.breaks = () => new ApiError(409, "import_closed", "closed");
    const { transfer, refused } = watched(server);
    await expect(transfer.run(picks(20), false)).rejects.toMatchObject({ code: "import_closed" });
    expect(refused).toEqual([]);
  });

  it("pauses, goes on, and stops", async () => {
    const server = new Server();
    const { transfer } = watched(server);
    transfer.pause();
    const done = transfer.run(picks(20), false);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(server.stored).toEqual([]);
    transfer.goOn();
    await done;
    expect(server.stored).toHaveLength(20);
    const other = watched(server);
    other.transfer.stop();
    await other.transfer.run(picks(5), false);
    expect(server.stored).toHaveLength(20);
  });

  it("refuses a file that this machine can no longer read, and sends the rest", async () => {
    const server = new Server();
    const gone = pick("folder/gone.dcm");
    gone.file.slice = () => {
      throw new DOMException("gone", "NotReadableError");
    };
    server.breaks = (request) => (request === 1 ? "before" : null);
    const { transfer, refused } = watched(server);
    await transfer.run([gone, pick("folder/kept.dcm")], false);
    expect(refused.map(({ error }) => error.code)).toEqual(["file_unreadable"]);
    expect(server.stored).toEqual(["folder/kept.dcm"]);
  });
});

describe("nameOf", () => {
  it("is the folder that all files share", () => {
    expect(nameOf(picks(3))).toBe("folder");
    expect(nameOf([pick("a/1"), pick("b/1")])).toBe("");
  });
});

describe("Rate", () => {
  it("is taken over the last ten seconds", () => {
    const rate = new Rate();
    expect(rate.perSecond()).toBeNull();
    rate.add(0, 0);
    rate.add(1_000_000, 1000);
    expect(rate.perSecond()).toBe(1_000_000);
    rate.add(1_000_000, 20_000);
    expect(rate.perSecond()).toBeNull();
  });
});
