# The lab rule as a resource of a DSC configuration
Configuration Lab {
    Import-DscResource -ModuleName AADConnectDsc
    Node localhost {
        AADSyncRule 'Lab' {
            Name             = 'In from AD - Lab Computer Filter'
            ConnectorName    = 'aaaaaaaa-0000-4000-8000-000000000001'
            Direction        = 'Inbound'
            SourceObjectType = 'computer'
            TargetObjectType = 'device'
            Precedence       = 90
            LinkType         = 'Join'
            ScopeFilter      = @(
                @{ ScopeConditionList = @( @{ Attribute = 'location'; ComparisonOperator = 'STARTSWITH'; ComparisonValue = 'LAB' } ) }
            )
            JoinFilter       = @(
                @{ JoinConditionList = @( @{ CSAttribute = 'objectGUID'; MVAttribute = 'deviceId'; CaseSensitive = $false } ) }
            )
            AttributeFlowMappings = @(
                @{ Source = 'operatingSystem'; Destination = 'cloudFiltered'; FlowType = 'Expression'; Expression = 'IIF(InStr([operatingSystem],"Server") > 0,True,NULL)' }
                @{ Source = 'True'; Destination = 'accountEnabled'; FlowType = 'Constant'; ExecuteOnce = $true }
                @{ Source = 'cn'; Destination = 'displayName'; FlowType = 'Direct'; ValueMergeType = 'MergeCaseInsensitive' }
            )
        }
    }
}
