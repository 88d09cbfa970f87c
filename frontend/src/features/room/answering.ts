/** One answer: into the book, the store and the journal, and onto the undo stack. */

import { recordChange } from "@/imaging";

import { isKeyImage } from "./findings";
import type { MarkBook } from "./markBook";
import { useRoom } from "./store";
import type { StrokeWriter } from "./strokes";

/** Give an answer (null takes it back), unless it is the one that is there. It can be undone. */
export function giveAnswer(book: MarkBook, writer: StrokeWriter, question: string, value: unknown): void {
  const before = book.answerRecord()[question] ?? null;
  if (!useRoom.getState().mayEdit || JSON.stringify(before) === JSON.stringify(value)) {
    return;
  }
  const put = (answer: unknown) => {
    book.putAnswer(question, answer);
    useRoom.setState({ answers: book.answerRecord() });
    void writer.record(isKeyImage(question) ? "key-image" : "form", { answers: [{ question, value: answer }] });
  };
  put(value);
  recordChange((undone) => put(undone ? before : value));
}
