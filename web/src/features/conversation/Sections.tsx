import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Icon } from "../../components/Icon";
import { CodeBlock, Markdown } from "../../components/Markdown";
import type { Section } from "../../gateway/protocol";
import { summary } from "../../state/sections";
import { jumpTo } from "../../state/ui";
import { nameOf, useParley, useWorld } from "../parley";

/** What a message says; the reply is drawn above its author, by Quote. */
export function Sections({ sections }: { sections: readonly Section[] }) {
  return sections.map((section, place) => {
    const key = `${place}-${section.kind}`;
    if (section.kind === "text") return <Markdown key={key} source={section.text} />;
    if (section.kind === "code")
      return <CodeBlock key={key} code={section.code} language={section.language} />;
    return null;
  });
}

export function Quote({ channelId, messageId }: { channelId: string; messageId: string }) {
  const { t } = useTranslation();
  const parley = useParley();
  const inView = useWorld((world) =>
    world.histories[channelId]?.messages.find((each) => each.id === messageId),
  );
  const fetched = useWorld((world) => world.quoted[messageId]);
  const message = inView ?? fetched;
  const author = useWorld((world) => (message ? world.users[message.author_id] : undefined));
  useEffect(() => {
    if (message === undefined) void parley.conversations.quote(channelId, messageId);
  }, [parley, channelId, messageId, message]);
  if (message === null) {
    return (
      <div className="quote gone">
        <Icon name="reply" size={14} /> {t("message.quoteGone")}
      </div>
    );
  }
  return (
    <button
      type="button"
      className="quote"
      tabIndex={-1}
      onClick={() => jumpTo(channelId, messageId)}
      data-testid="quote"
    >
      <Icon name="reply" size={14} />
      {message && (
        <>
          <Avatar id={message.author_id} name={nameOf(author)} size={20} />
          <strong>{nameOf(author)}</strong>
          <span>{summary(message.sections)}</span>
        </>
      )}
    </button>
  );
}
