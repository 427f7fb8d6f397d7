/** What people type, as sections, and back again. Fenced code becomes sections of its own. Pure. */

import type { Id, Message, PlainSection, ReplySection, Section, SectionInput } from "../gateway/protocol";
import { namedIn, parseMarkdown, plainText, type Wording } from "../lib/markdown";

const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`\n]*$/;

/** Sections for a message as typed; an answer's reply comes first. Fences that would make too many stay Markdown. */
export function toSections(
  typed: string,
  replyTo: Id | null,
  sectionsMax = 10,
): (ReplySection | PlainSection)[] {
  const reply: ReplySection[] = replyTo === null ? [] : [{ kind: "reply", message_id: replyTo }];
  const parts = split(typed);
  if (parts.length + reply.length <= sectionsMax) return [...reply, ...parts];
  return [...reply, { kind: "text", text: typed.trim() }];
}

function split(typed: string): PlainSection[] {
  const sections: PlainSection[] = [];
  let text: string[] = [];
  const flush = (): void => {
    const joined = text
      .join("\n")
      .replace(/^\s*\n/, "")
      .trimEnd();
    if (joined.trim() !== "") sections.push({ kind: "text", text: joined });
    text = [];
  };
  const lines = typed.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const open = FENCE.exec(line);
    const fence = open?.[1];
    const end = fence === undefined ? -1 : closing(lines, at + 1, fence);
    const code = end === -1 ? "" : lines.slice(at + 1, end).join("\n");
    if (end === -1 || code.trim() === "") {
      text.push(line);
      continue;
    }
    flush();
    sections.push({ kind: "code", code, language: languageOf(open?.[2]) });
    at = end;
  }
  flush();
  return sections;
}

/** What the server takes as a language; anything else is none, so that the code can be sent. */
function languageOf(named = ""): string {
  return /^[A-Za-z0-9_+#.-]{1,40}$/.test(named) ? named : "";
}

function closing(lines: readonly string[], from: number, fence: string): number {
  const mark = fence[0] ?? "`";
  for (let at = from; at < lines.length; at += 1) {
    const line = (lines[at] ?? "").trim();
    if (line.length >= fence.length && [...line].every((each) => each === mark)) return at;
  }
  return -1;
}

/** Text and code as they would be typed, for editing; nothing else is part of it. */
export function toTyped(sections: readonly Section[], wording?: Wording): string {
  return sections
    .map((section) => {
      if (section.kind === "text") return wording ? worded(section.text, wording) : section.text;
      if (section.kind !== "code") return null;
      const longest = Math.max(0, ...[...section.code.matchAll(/`+/g)].map((run) => run[0].length));
      const fence = "`".repeat(Math.max(3, longest + 1));
      return `${fence}${section.language}\n${section.code}\n${fence}`;
    })
    .filter((each) => each !== null)
    .join("\n");
}

/** A text with what it names by ids in words, and all its marks as they were typed. */
function worded(text: string, wording: Wording): string {
  return namedIn(text).reduceRight(
    (rest, { from, to, node }) => rest.slice(0, from) + wording(node) + rest.slice(to),
    text,
  );
}

/** A message's sections with other text and code; what else is in it stays: a forward does by naming the message itself. */
export function edited(
  { id, channel_id, sections }: Pick<Message, "id" | "channel_id" | "sections">,
  typed: string,
  sectionsMax = 10,
  named: (text: string) => string = (text) => text,
): SectionInput[] {
  const kept = sections.flatMap((section): SectionInput[] => {
    if (section.kind === "file") return [{ kind: "file", file_id: section.file_id }];
    if (section.kind === "forward") return [{ kind: "forward", channel_id, message_id: id }];
    return section.kind === "contact" || section.kind === "invite" ? [section] : [];
  });
  const words = toSections(typed, replyOf(sections), sectionsMax - kept.length).map((section) =>
    section.kind === "text" ? { ...section, text: named(section.text) } : section,
  );
  return [...words, ...kept];
}

export function replyOf(sections: readonly Section[]): Id | null {
  const first = sections[0];
  return first?.kind === "reply" ? first.message_id : null;
}

/** One line that stands for the message, for quotes. */
export function summary(sections: readonly Section[], lengthMax = 160, wording?: Wording): string {
  const line = sections
    .map((section) => words(section, wording))
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
  const points = [...line];
  return points.length > lengthMax ? `${points.slice(0, lengthMax).join("")}…` : line;
}

function words(section: Section, wording?: Wording): string {
  switch (section.kind) {
    case "text":
      return plainText(parseMarkdown(section.text), wording);
    case "code":
      return section.code;
    case "file":
      return section.name;
    case "forward":
      return section.sections.map((each) => words(each, wording)).join(" ");
    default:
      return "";
  }
}

/** Code points of text and code together: what the server's limit counts. */
export function textLength(typed: string): number {
  return [...typed.normalize("NFC")].length;
}
