import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import type { Member } from "../../gateway/protocol";
import { isTimedOut } from "../../state/ranks";
import { dateAndTime } from "../messages/times";

/** Beside somebody in time-out: until when. */
export function TimeOutMark({ member }: { member: Member | undefined }) {
  const { t, i18n } = useTranslation();
  if (!member || !isTimedOut(member, Date.now())) return null;
  const text = t("members.timedOut", { time: dateAndTime(member.timed_out_until_ms ?? 0, i18n.language) });
  return (
    <span className="timed-out" title={text} data-testid="timed-out">
      <Icon name="clock" size={15} />
      <span className="hidden-visually">{text}</span>
    </span>
  );
}
