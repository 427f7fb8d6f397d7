import { Button as AriaButton, GridList, GridListItem, useDragAndDrop } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Icon } from "../../../components/Icon";
import type { Id, Role } from "../../../gateway/protocol";
import { hexColour } from "../../../lib/colour";

interface Props {
  /** Highest first. */
  roles: readonly Role[];
  labelledBy: string;
  onOpen: (role: Id) => void;
  onOrder: (roles: Id[]) => void;
}

/** Roles that can be dragged, by keyboard too. */
export function RoleOrder({ roles, labelledBy, onOpen, onOrder }: Props) {
  const { t } = useTranslation();
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ "text/plain": String(key) })),
    onReorder: ({ keys, target }) => {
      const rest = roles.map((each) => each.id).filter((each) => !keys.has(each));
      const at = rest.indexOf(String(target.key)) + (target.dropPosition === "after" ? 1 : 0);
      onOrder([...rest.slice(0, at), ...[...keys].map(String), ...rest.slice(at)]);
    },
  });
  return (
    <GridList
      className="rows"
      aria-labelledby={labelledBy}
      items={roles}
      dragAndDropHooks={dragAndDropHooks}
      onAction={(key) => onOpen(String(key))}
    >
      {(role) => (
        <GridListItem
          id={role.id}
          textValue={role.name}
          className="row-item"
          data-testid={`role-${role.name}`}
        >
          <AriaButton slot="drag" className="drag-handle" aria-label={t("order.drag", { name: role.name })}>
            <Icon name="grip" size={16} />
          </AriaButton>
          <RoleRow role={role} />
          <Icon name="next" size={16} />
        </GridListItem>
      )}
    </GridList>
  );
}

export function RoleRow({ role }: { role: Role }) {
  const { t } = useTranslation();
  const notes = [role.hoisted && t("roles.isHoisted"), role.mentionable && t("roles.isMentionable")];
  return (
    <>
      <RoleDot colour={role.colour} />
      <span className="grow">
        <strong>{role.name}</strong>
        <small>{notes.filter(Boolean).join(" · ")}</small>
      </span>
    </>
  );
}

export function RoleDot({ colour }: { colour: number | null }) {
  return <i className="role-dot" style={colour === null ? undefined : { background: hexColour(colour) }} />;
}
