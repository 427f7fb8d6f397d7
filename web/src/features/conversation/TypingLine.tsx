import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useShallow } from "zustand/react/shallow";
import { nameIn, type Place } from "../../state/places";
import { useMyId, useParley, useWorld } from "../parley";

const NAMED = 3;

export function TypingLine({ place }: { place: Place }) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const me = useMyId();
  const people = useWorld(
    useShallow((world) =>
      Object.keys(world.typing[place.id] ?? {}).filter(
        (each) => each !== me && world.relations[each]?.kind !== "blocked",
      ),
    ),
  );
  const names = useWorld(useShallow((world) => people.map((each) => nameIn(world, place.groupId, each))));
  useEffect(() => {
    for (const each of people) void parley.people.know(each);
  }, [parley, people]);
  const text =
    names.length === 0
      ? ""
      : names.length > NAMED
        ? t("typing.many")
        : t("typing.some", {
            count: names.length,
            names: new Intl.ListFormat(i18n.language, { type: "conjunction" }).format(names),
          });
  return (
    <div className="typing" aria-live="polite" data-testid="typing">
      {text !== "" && (
        <>
          <span className="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {text}
        </>
      )}
    </div>
  );
}
