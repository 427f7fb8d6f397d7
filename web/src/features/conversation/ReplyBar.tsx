import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { Id, Section } from "../../gateway/protocol";
import type { Place } from "../../state/places";
import { useName, useNameStyle, useWorld } from "../parley";
import { useSummary } from "../wording";

const NO_SECTIONS: readonly Section[] = [];

interface Props {
  place: Place;
  messageId: Id;
  /** The answer does not ping the one that it answers. */
  quiet: boolean;
  onQuiet: (quiet: boolean) => void;
  onCancel: () => void;
}

/** Which message the one that is being written answers. */
export function ReplyBar({ place, messageId, quiet, onQuiet, onCancel }: Props) {
  const { t } = useTranslation();
  const message = useWorld((world) =>
    world.histories[place.id]?.messages.find((each) => each.id === messageId),
  );
  const name = useName(message?.author_id ?? "", place.groupId);
  const style = useNameStyle(message?.author_id ?? "", place.groupId);
  const text = useSummary(message?.sections ?? NO_SECTIONS, place.groupId, 80);
  return (
    <div className="reply-bar">
      <Icon name="reply" size={16} />
      <span>
        {t("composer.replyTo")} <strong style={style}>{name}</strong>
        {message && <span className="reply-what"> {text}</span>}
      </span>
      <IconButton
        icon="at"
        size={16}
        label={t("composer.pings", { name })}
        aria-pressed={!quiet}
        onClick={() => onQuiet(!quiet)}
        data-testid="reply-ping"
      />
      <IconButton icon="close" size={16} label={t("composer.cancelReply")} onClick={onCancel} />
    </div>
  );
}
