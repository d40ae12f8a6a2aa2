// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

struct Note {
    uint256 weight;
    bytes text;
}

struct Box {
    address maker;
    Note[] notes;
    uint256[2] pair;
}

/// @notice What bindings are tried on.
interface ISample {
    /// @notice Something was stored.
    event Stored(uint256 indexed key, address indexed who, Note[] notes);
    /// @notice Text is indexed by its hash.
    event Named(string indexed name, bool good);

    /// @notice The caller may not.
    error Denied(address caller, uint256 key);
    /// @notice Nothing to say.
    error Empty();
    /// @notice An error with a struct.
    error Refused(Note note);
}

/// @notice Refuses in every way there is.
contract Child {
    error Inner(uint256 depth);

    function refuse(uint256 depth) external pure {
        revert Inner(depth);
    }
}

/// @notice Every kind of parameter, result and failure.
contract Sample is ISample {
    address public immutable owner;
    uint256 public immutable limit;
    Child public immutable child = new Child();
    mapping(uint256 => Box) internal boxes;
    uint256 public count;

    constructor(uint256 limit_) {
        owner = msg.sender;
        limit = limit_;
    }

    receive() external payable {}

    function store(uint256 key, Box calldata box) external returns (uint256 index) {
        if (msg.sender != owner) revert Denied(msg.sender, key);
        if (box.notes.length == 0) revert Empty();
        if (box.notes[0].weight > limit) revert Refused(box.notes[0]);
        Box storage place = boxes[key];
        place.maker = box.maker;
        place.pair = box.pair;
        for (uint256 i; i < box.notes.length; ++i) {
            place.notes.push(box.notes[i]);
        }
        emit Stored(key, msg.sender, box.notes);
        return count++;
    }

    function boxOf(uint256 key) external view returns (Box memory) {
        return boxes[key];
    }

    function many(bytes32[] calldata items, int64 sign, bool flag)
        external
        pure
        returns (uint256 length, int64 negative, bool)
    {
        return (items.length, -sign, !flag);
    }

    function rename(string calldata name) external payable {
        emit Named(name, msg.value > 0);
    }

    function rename(string calldata name, uint256 times) external {
        for (uint256 i; i < times; ++i) {
            emit Named(name, false);
        }
    }

    function fail(uint256 kind) external view {
        if (kind == 0) revert();
        if (kind == 1) revert("in words");
        if (kind == 2) assert(false);
        if (kind == 3) child.refuse(kind);
    }

    function burn(uint256 rounds) external {
        for (uint256 i; i < rounds; ++i) {
            boxes[i].maker = msg.sender;
        }
    }

    function from(uint256 self) external pure returns (uint256 class) {
        return self;
    }
}
