import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button, IconButton, Notice } from "../../components/Button";
import { Field } from "../../components/Field";
import type { Relation, RelationKind } from "../../gateway/protocol";
import { nameOf } from "../../state/places";
import { openDialog, toast } from "../../state/ui";
import { useGo } from "../navigation";
import { useAttempt, useParley, usePresence, useWorld } from "../parley";
import { PageHead } from "../shell/PageHead";
import { useDeed } from "../useDeed";
import "./people.css";

const ORDER: readonly RelationKind[] = ["incoming", "friend", "outgoing", "blocked"];

/** Friends, requests both ways, and those one has blocked. */
export default function FriendsPage() {
  const { t } = useTranslation();
  const relations = useWorld((world) => world.relations);
  const all = Object.values(relations);
  return (
    <main className="page" id="main">
      <PageHead icon="people" title={t("friends.title")} />
      <div className="page-scroll">
        <div className="page-inner">
          <AddFriend />
          {ORDER.map((kind) => (
            <Some key={kind} kind={kind} relations={all.filter((each) => each.kind === kind)} />
          ))}
          {all.length === 0 && <p className="soft">{t("friends.empty")}</p>}
        </div>
      </div>
    </main>
  );
}

function AddFriend() {
  const { t } = useTranslation();
  const parley = useParley();
  const [name, setName] = useState("");
  const { busy, problem, run } = useDeed({ again: true });
  const [asked, setAsked] = useState<Relation | null>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setAsked(null);
    await run(async () => {
      setAsked(await parley.people.befriend(name.trim().replace(/^@/, "").toLowerCase()));
      setName("");
    });
  };
  return (
    <section aria-label={t("friends.add")}>
      <form className="by-name" onSubmit={(event) => void submit(event)}>
        <Field
          label={t("friends.add")}
          hint={t("friends.addHint")}
          problem={problem}
          value={name}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => setName(event.target.value)}
          data-testid="friend-name"
        />
        <Button
          type="submit"
          look="primary"
          busy={busy}
          disabled={name.trim() === ""}
          data-testid="friend-add"
        >
          {t("friends.ask")}
        </Button>
      </form>
      {asked !== null && (
        <Notice icon="check">
          {t(asked.kind === "friend" ? "friends.nowFriends" : "friends.asked", { name: nameOf(asked.user) })}
        </Notice>
      )}
    </section>
  );
}

function Some({ kind, relations }: { kind: RelationKind; relations: readonly Relation[] }) {
  const { t } = useTranslation();
  if (relations.length === 0) return null;
  const sorted = [...relations].sort((a, b) => nameOf(a.user).localeCompare(nameOf(b.user)));
  return (
    <section aria-labelledby={`friends-${kind}`}>
      <h2 id={`friends-${kind}`}>
        {t(`friends.${kind}`)} <span className="count">{relations.length}</span>
      </h2>
      <ul className="people-list">
        {sorted.map((each) => (
          <Person key={each.user.id} relation={each} />
        ))}
      </ul>
    </section>
  );
}

function Person({ relation }: { relation: Relation }) {
  const { t } = useTranslation();
  const { user, kind } = relation;
  const presence = usePresence(kind === "friend" ? user.id : null);
  const status = kind === "friend" ? (presence?.status ?? "offline") : undefined;
  const below = presence?.text || (status && t(`presence.${status}`));
  return (
    <li data-testid={`friend-${user.username}`}>
      <Avatar id={user.id} name={nameOf(user)} size={36} status={status} />
      <div className="grow">
        <strong>{nameOf(user)}</strong>
        <small>{below ? `@${user.username} · ${below}` : `@${user.username}`}</small>
      </div>
      <Deeds relation={relation} />
    </li>
  );
}

function Deeds({ relation: { user, kind } }: { relation: Relation }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const go = useGo();
  const name = nameOf(user);
  const end = (): Promise<boolean> => attempt(() => parley.people.endRelation(user.id));
  if (kind === "incoming")
    return (
      <>
        <Button look="quiet" onClick={() => void end()} data-testid="friend-refuse">
          {t("friends.refuse")}
        </Button>
        <Button
          look="primary"
          onClick={() => void attempt(() => parley.people.relate(user.id, "friend"))}
          data-testid="friend-accept"
        >
          {t("friends.accept")}
        </Button>
      </>
    );
  if (kind === "outgoing")
    return (
      <Button look="quiet" onClick={() => void end()}>
        {t("friends.withdraw")}
      </Button>
    );
  if (kind === "blocked")
    return (
      <Button
        onClick={() => void end().then((done) => done && toast(t("friends.unblocked", { name })))}
        data-testid="unblock"
      >
        {t("people.unblock")}
      </Button>
    );
  return (
    <>
      <IconButton
        icon="message"
        label={t("people.messageTo", { name })}
        onClick={() =>
          void attempt(async () => go({ id: await parley.people.converse([user.id]), groupId: null }))
        }
        data-testid="friend-message"
      />
      <IconButton
        icon="exit"
        className="danger"
        label={t("friends.end", { name })}
        onClick={() => openDialog({ kind: "endFriendship", userId: user.id })}
      />
    </>
  );
}
