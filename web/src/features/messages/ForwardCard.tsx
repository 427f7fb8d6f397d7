import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import type { ForwardSection, Id, Origin } from "../../gateway/protocol";
import { useGo } from "../navigation";
import { nameOf, useParley, useWorld } from "../parley";
import { Sections } from "./Sections";
import { dateAndTime } from "./times";
import { useRemembered } from "./useRemembered";
import "./messages.css";

interface Props {
  forward: ForwardSection;
  at: { channelId: Id; messageId: Id } | undefined;
}

/** A copy of another message, with the way to the original where this person may see it. */
export function ForwardCard({ forward, at }: Props) {
  const { t, i18n } = useTranslation();
  const go = useGo();
  const origin = useOrigin(at);
  const groupId = useWorld((world) =>
    origin ? (world.channels[origin.channel_id]?.group_id ?? null) : null,
  );
  const time = dateAndTime(forward.sent_ms, i18n.language);
  return (
    <figure className="card forward-card" data-testid="forward">
      <figcaption>
        <Icon name="forward" size={14} />
        {origin ? t("forward.by", { name: nameOf(origin.author), time }) : t("forward.at", { time })}
        {origin && (
          <button
            type="button"
            className="link"
            onClick={() => void go({ id: origin.channel_id, groupId }, origin.message_id)}
            data-testid="forward-origin"
          >
            {t("forward.jump")}
          </button>
        )}
      </figcaption>
      <Sections sections={forward.sections} />
    </figure>
  );
}

const known = new Map<Id, Promise<Origin | null>>();

function useOrigin(at: Props["at"]): Origin | null {
  const parley = useParley();
  const ask = async (): Promise<Origin> => parley.api.origin(at?.channelId ?? "", at?.messageId ?? "");
  return useRemembered(known, at?.messageId, ask).value ?? null;
}
