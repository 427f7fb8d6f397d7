import { type ReactNode, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Icon } from "../../components/Icon";
import { lazily } from "../../components/lazily";
import { CodeBlock, Markdown } from "../../components/Markdown";
import type { Id, Section } from "../../gateway/protocol";
import type { Place } from "../../state/places";
import { jumpTo } from "../../state/ui";
import { useName, useNameStyle, useParley, useWorld } from "../parley";
import { useSummary } from "../wording";

const SectionCard = lazily(() => import("./cards"));

interface Props {
  sections: readonly Section[];
  /** Where they stand as a message; without it, of a copy or of what is on its way. */
  at?: { channelId: Id; messageId: Id } | undefined;
}

/** What a message says; the reply is drawn above its author, by Quote. */
export function Sections({ sections, at }: Props) {
  return sections.map((section, place) => {
    const key = `${place}-${section.kind}`;
    return <Drawn key={key} section={section} at={at} />;
  });
}

function Drawn({ section, at }: { section: Section; at: Props["at"] }): ReactNode {
  if (section.kind === "text") return <Markdown source={section.text} />;
  if (section.kind === "code") return <CodeBlock code={section.code} language={section.language} />;
  if (section.kind === "reply") return null;
  return (
    <Suspense fallback={<div className="card bone" aria-busy="true" />}>
      <SectionCard section={section} at={at} />
    </Suspense>
  );
}

/** The message that another one answers, in one line. */
export function Quote({ place, messageId }: { place: Pick<Place, "id" | "groupId">; messageId: Id }) {
  const { t } = useTranslation();
  const parley = useParley();
  const inView = useWorld((world) =>
    world.histories[place.id]?.messages.find((each) => each.id === messageId),
  );
  const fetched = useWorld((world) => world.quoted[messageId]);
  const message = inView ?? fetched;
  const author = message?.author_id ?? "";
  const name = useName(author, place.groupId);
  const style = useNameStyle(author, place.groupId);
  const hidden = useWorld((world) => world.relations[author]?.kind === "blocked");
  const text = useSummary(message?.sections ?? NOTHING, place.groupId);
  useEffect(() => {
    if (message === undefined) void parley.conversations.quote(place.id, messageId);
  }, [parley, place.id, messageId, message]);
  if (message === null || hidden) {
    return (
      <div className="quote gone">
        <Icon name="reply" size={14} /> {t(hidden ? "message.hidden" : "message.quoteGone")}
      </div>
    );
  }
  return (
    <button
      type="button"
      className="quote"
      tabIndex={-1}
      onClick={() => jumpTo(place.id, messageId)}
      data-testid="quote"
    >
      <Icon name="reply" size={14} />
      {message && (
        <>
          <Avatar id={message.author_id} name={name} size={20} />
          <strong style={style}>{name}</strong>
          <span>{text}</span>
        </>
      )}
    </button>
  );
}

const NOTHING: readonly Section[] = [];
