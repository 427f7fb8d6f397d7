/** Members that are not here yet. */
export function MemberBones({ label }: { label?: string }) {
  return (
    <div className="members-bones" aria-busy="true" aria-label={label} role="status">
      {[60, 48, 70, 52].map((width) => (
        <div key={width}>
          <div className="bone face" />
          <div className="bone" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}
